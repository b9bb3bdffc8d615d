package io.fairlead.ingress.route.request;

import java.nio.charset.StandardCharsets;

/**
 * The host of a request, as a Host field or {@code :authority} has it (RFC 9110, section 7.2): a name or an address,
 * then perhaps a port.
 *
 * <p>Names are those of DNS (RFC 1123, section 2.1: letters, digits, hyphens; at most 63 bytes a label and 253
 * in all) and,
 * as clients send them, underscores. RFC 3986 allows far more in a registered name; nothing that an Ingress or
 * a Gateway can
 * name needs it, and a host with escapes, commas or userinfo is read differently by different servers.
 *
 * <p>Immutable: it has no state.
 */
public final class RequestHost {

    /** What {@link #nameEnd} returns for a host that is to be refused with 400 (RFC 9112, section 3.2). */
    public static final int REFUSED = -1;

    private static final int NAME_BYTES_MAX = 253;
    private static final int LABEL_BYTES_MAX = 63;
    private static final int PORT_DIGITS_MAX = 5;
    private static final int PORT_MAX = 65_535;

    private RequestHost() {}

    /**
     * Hot path: finds the end of the name, without the final dot of a fully qualified one and without the port. The
     * brackets of an IPv6 address belong to it. An empty host (RFC 9110, section 7.2) is accepted and matches what
     * matches any host.
     *
     * @param from the first byte of the host in {@code text}
     * @param to behind its last byte, white space already taken off
     * @return behind the last byte of the name, or {@link #REFUSED}
     */
    public static int nameEnd(byte[] text, int from, int to) {
        if (from == to) {
            return to;
        }
        if (text[from] == '[') {
            return addressEnd(text, from, to);
        }
        int at = from;
        int label = from;
        for (; at < to && text[at] != ':'; at++) {
            byte b = text[at];
            if (b != '.') {
                if (!isNameByte(b)) {
                    return REFUSED;
                }
                continue;
            }
            if (at == label || at - label > LABEL_BYTES_MAX) {
                return REFUSED;
            }
            label = at + 1;
        }
        boolean finalDot = at == label && at > from;
        int end = finalDot ? at - 1 : at;
        boolean bad = end == from || at - label > LABEL_BYTES_MAX || end - from > NAME_BYTES_MAX;
        return bad || !isPort(text, at, to) ? REFUSED : end;
    }

    /** Whether a host that is to be sent, or redirected to, is one that this class accepts, and not empty. */
    public static boolean isValid(String host) {
        byte[] bytes = host.getBytes(StandardCharsets.UTF_8);
        return bytes.length > 0 && nameEnd(bytes, 0, bytes.length) != REFUSED;
    }

    /** Only the shape of an address is checked: no route can name one. Zones (RFC 6874) are refused. */
    private static int addressEnd(byte[] text, int from, int to) {
        int at = from + 1;
        while (at < to && at - from <= 45 && isAddressByte(text[at])) {
            at++;
        }
        boolean closed = at < to && text[at] == ']' && at - from >= 3;
        return closed && isPort(text, at + 1, to) ? at + 1 : REFUSED;
    }

    /** Whether the rest is nothing, or a colon and at most a port number (RFC 3986, section 3.2.3, allows none). */
    private static boolean isPort(byte[] text, int from, int to) {
        if (from == to) {
            return true;
        }
        if (text[from] != ':' || to - from - 1 > PORT_DIGITS_MAX) {
            return false;
        }
        int port = 0;
        for (int i = from + 1; i < to; i++) {
            int digit = text[i] - '0';
            if (digit < 0 || digit > 9) {
                return false;
            }
            port = 10 * port + digit;
        }
        return port <= PORT_MAX;
    }

    private static boolean isNameByte(byte b) {
        int lower = b | 0x20;
        return lower >= 'a' && lower <= 'z' || b >= '0' && b <= '9' || b == '-' || b == '_';
    }

    private static boolean isAddressByte(byte b) {
        int lower = b | 0x20;
        return lower >= 'a' && lower <= 'f' || b >= '0' && b <= '9' || b == ':' || b == '.';
    }
}
