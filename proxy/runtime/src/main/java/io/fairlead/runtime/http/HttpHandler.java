package io.fairlead.runtime.http;

/**
 * Answers the requests for one path. Thread-safe: several connections may ask at once, each on a thread of its own that
 * may block.
 */
@FunctionalInterface
public interface HttpHandler {

    HttpReply handle(HttpRequest request);
}
