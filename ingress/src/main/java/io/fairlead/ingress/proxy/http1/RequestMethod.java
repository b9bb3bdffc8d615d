package io.fairlead.ingress.proxy.http1;

import java.nio.charset.StandardCharsets;

/**
 * Methods that a proxy has to know (RFC 9110 section 9, RFC 5789). Methods are case-sensitive.
 *
 * <p>Immutable.
 */
public enum RequestMethod {
    GET,
    HEAD,
    POST,
    PUT,
    DELETE,
    OPTIONS,
    PATCH,
    /** Refused: a tunnel to wherever the client wants. */
    CONNECT,
    /** Refused: an answer would show what the proxy added. */
    TRACE,
    /** Any other token. */
    OTHER;

    @SuppressWarnings("ImmutableEnumChecker") // An array, but nobody writes into it.
    private final byte[] text = name().getBytes(StandardCharsets.US_ASCII);

    /** Hot path: the method that these bytes are. */
    static RequestMethod of(byte[] text, int from, int to) {
        RequestMethod method = switch (to - from) {
            case 3 -> text[from] == 'G' ? GET : PUT;
            case 4 -> text[from] == 'P' ? POST : HEAD;
            case 5 -> text[from] == 'P' ? PATCH : TRACE;
            case 6 -> DELETE;
            case 7 -> text[from] == 'O' ? OPTIONS : CONNECT;
            default -> OTHER;
        };
        return method.equalTo(text, from, to) ? method : OTHER;
    }

    /** Whether a request that is sent twice has the effect of one (RFC 9110 section 9.2.2). */
    public boolean isIdempotent() {
        return switch (this) {
            case GET, HEAD, PUT, DELETE, OPTIONS, TRACE -> true;
            case POST, PATCH, CONNECT, OTHER -> false;
        };
    }

    private boolean equalTo(byte[] other, int from, int to) {
        if (to - from != text.length) {
            return false;
        }
        for (int i = 0; i < text.length; i++) {
            if (text[i] != other[from + i]) {
                return false;
            }
        }
        return true;
    }
}
