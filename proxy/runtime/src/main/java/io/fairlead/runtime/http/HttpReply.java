package io.fairlead.runtime.http;

import java.util.Map;

/**
 * An answer: status, media type, and the text that is written while it is sent, so that a long table never lies whole in
 * the memory of an agent.
 *
 * <p>Immutable.
 *
 * @param status the status code, from 200 up
 * @param contentType the media type
 * @param headers further header fields, of our own making: names and values are sent as they are
 * @param body writes the text, once; what it throws makes a 500, or a broken connection when text is already sent
 */
public record HttpReply(int status, String contentType, Map<String, String> headers, Body body) {

    public HttpReply {
        headers = Map.copyOf(headers);
    }

    public HttpReply(int status, String contentType, Body body) {
        this(status, contentType, Map.of(), body);
    }

    /** Writes the text of a reply. Confined to the thread of one connection. */
    @FunctionalInterface
    public interface Body {
        void writeTo(Appendable out);
    }

    public static final String TEXT = "text/plain; charset=utf-8";
    public static final String JSON = "application/json";

    /** A short plain text. */
    public static HttpReply text(int status, String text) {
        return new HttpReply(status, TEXT, out -> ReplyStream.append(out, text));
    }

    /** A text of some type, with status 200. */
    public static HttpReply ok(String contentType, Body body) {
        return new HttpReply(200, contentType, body);
    }
}
