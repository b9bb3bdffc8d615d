package io.fairlead.runtime.http;

import java.util.HashMap;
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
 * @param live whether it goes on until the client leaves or the server stops: every append is sent at once, there is no
 *     time-out, and an append after the client has left throws {@link java.io.UncheckedIOException} or an
 *     {@link java.io.IOException}
 */
public record HttpReply(int status, String contentType, Map<String, String> headers, Body body, boolean live) {

    public HttpReply {
        headers = Map.copyOf(headers);
    }

    public HttpReply(int status, String contentType, Map<String, String> headers, Body body) {
        this(status, contentType, headers, body, false);
    }

    public HttpReply(int status, String contentType, Body body) {
        this(status, contentType, Map.of(), body);
    }

    /** The same with one more header field. */
    public HttpReply with(String name, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(name, value);
        return new HttpReply(status, contentType, more, body, live);
    }

    /** Writes the text of a reply. Confined to the thread of one connection. */
    @FunctionalInterface
    public interface Body {
        void writeTo(Appendable out);
    }

    public static final String TEXT = "text/plain; charset=utf-8";
    public static final String JSON = "application/json";

    /** Header field that tells a command of ours with which code to exit. */
    public static final String EXIT_CODE = "Fairlead-Exit-Code";

    /** A short plain text. */
    public static HttpReply text(int status, String text) {
        return new HttpReply(status, TEXT, out -> ReplyStream.append(out, text));
    }

    /** A text of some type, with status 200. */
    public static HttpReply ok(String contentType, Body body) {
        return new HttpReply(200, contentType, body);
    }

    /** A text that goes on, with status 200. */
    public static HttpReply live(String contentType, Body body) {
        return new HttpReply(200, contentType, Map.of(), body, true);
    }
}
