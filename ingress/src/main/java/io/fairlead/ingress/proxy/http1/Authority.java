package io.fairlead.ingress.proxy.http1;

/**
 * The host and port of a request, as in Host and in absolute targets. Stricter than RFC 3986: a name has only what DNS
 * names have in practice, so that no reader can take part of it for a user, a path or a second host.
 *
 * <p>Thread-safe: it has no state.
 */
final class Authority {

    /** A DNS name has 253 at most. */
    private static final int NAME_MAX = 255;

    private static final int PORT_DIGITS_MAX = 5;
    private static final int PORT_MAX = 65_535;

    private Authority() {}

    /** Where the host ends and its port, if any, begins; -1 if this is no {@code host [":" port]}. */
    static int hostEnd(byte[] text, int from, int to) {
        int end = from < to && text[from] == '[' ? literalEnd(text, from, to) : HttpBytes.regNameEnd(text, from, to);
        boolean named = end > from && end - from <= NAME_MAX;
        return named && (end == to || isPort(text, end, to)) ? end : -1;
    }

    /**
     * The end of an IPv6 address in brackets, or {@code from}. Whether it is an address is for those who parse
     * it.
     */
    private static int literalEnd(byte[] text, int from, int to) {
        int i = from + 1;
        while (i < to && (HttpBytes.hex(text[i]) >= 0 || text[i] == ':' || text[i] == '.')) {
            i++;
        }
        return i < to && text[i] == ']' && i > from + 2 ? i + 1 : from;
    }

    private static boolean isPort(byte[] text, int colon, int to) {
        int digits = to - colon - 1;
        if (text[colon] != ':' || digits < 1 || digits > PORT_DIGITS_MAX) {
            return false;
        }
        int port = 0;
        for (int i = colon + 1; i < to; i++) {
            if (!HttpBytes.isDigit(text[i])) {
                return false;
            }
            port = port * 10 + (text[i] - '0');
        }
        return port >= 1 && port <= PORT_MAX;
    }
}
