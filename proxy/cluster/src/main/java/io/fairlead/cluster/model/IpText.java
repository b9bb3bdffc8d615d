package io.fairlead.cluster.model;

import org.jspecify.annotations.Nullable;

/**
 * Text forms of addresses: lenient where Kubernetes' legacy parsers are (leading zeros), strict elsewhere.
 *
 * <p>Thread-safe: only pure functions.
 */
final class IpText {

    /** No textual address is longer (RFC 4291 with an embedded IPv4 part has 45); room for leading zeros. */
    private static final int MAX_LENGTH = 64;

    private IpText() {}

    static IpAddress parseAddress(String text) {
        if (text.length() <= MAX_LENGTH) {
            IpAddress address = text.indexOf(':') >= 0 ? parseV6(text) : parseV4(text);
            if (address != null) {
                return address;
            }
        }
        throw new IllegalArgumentException("not an IP address: " + quote(text));
    }

    /** The text between quotes, cut where it would flood a log line. */
    static String quote(String text) {
        return text.length() <= MAX_LENGTH ? "'" + text + "'" : "'" + text.substring(0, MAX_LENGTH) + "…'";
    }

    private static @Nullable Ipv4Address parseV4(String text) {
        int bits = 0;
        int parts = 0;
        int at = 0;
        while (true) {
            int end = text.indexOf('.', at);
            int part = decimal(text, at, end < 0 ? text.length() : end);
            if (part < 0 || part > 255 || parts == 4) {
                return null;
            }
            bits = bits << 8 | part;
            parts++;
            if (end < 0) {
                return parts == 4 ? new Ipv4Address(bits) : null;
            }
            at = end + 1;
        }
    }

    private static int decimal(String text, int from, int to) {
        if (from >= to || to - from > 9) {
            return -1;
        }
        int value = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    private static @Nullable IpAddress parseV6(String text) {
        int[] groups = new int[8];
        int count = 0;
        int gap = -1;
        int at = 0;
        if (text.startsWith("::")) {
            gap = 0;
            at = 2;
        }
        while (at < text.length()) {
            if (count == 8) {
                return null;
            }
            int colon = text.indexOf(':', at);
            int end = colon < 0 ? text.length() : colon;
            if (colon < 0 && text.indexOf('.', at) >= 0) {
                Ipv4Address tail = parseV4(text.substring(at));
                if (tail == null || count > 6) {
                    return null;
                }
                groups[count++] = tail.bits() >>> 16;
                groups[count++] = tail.bits() & 0xffff;
                break;
            }
            int group = hex(text, at, end);
            if (group < 0) {
                return null;
            }
            groups[count++] = group;
            if (colon < 0) {
                break;
            }
            at = colon + 1;
            if (at == text.length()) {
                return null;
            }
            if (text.charAt(at) == ':') {
                if (gap >= 0) {
                    return null;
                }
                gap = count;
                at++;
            }
        }
        return gap < 0 && count < 8 || gap >= 0 && count == 8 ? null : assemble(groups, count, gap);
    }

    private static int hex(String text, int from, int to) {
        if (from >= to || to - from > 4) {
            return -1;
        }
        int value = 0;
        for (int i = from; i < to; i++) {
            int digit = Character.digit(text.charAt(i), 16);
            if (digit < 0 || text.charAt(i) > 'f') {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private static IpAddress assemble(int[] groups, int count, int gap) {
        long high = 0;
        long low = 0;
        int zeros = 8 - count;
        for (int i = 0; i < 8; i++) {
            int group = gap < 0 || i < gap ? groups[i] : i < gap + zeros ? 0 : groups[i - zeros];
            if (i < 4) {
                high = high << 16 | group;
            } else {
                low = low << 16 | group;
            }
        }
        boolean mapped = high == 0 && low >>> 32 == 0xffff;
        return mapped ? new Ipv4Address((int) low) : new Ipv6Address(high, low);
    }

    static String format(Ipv6Address address) {
        int[] groups = new int[8];
        for (int i = 0; i < 4; i++) {
            groups[i] = (int) (address.high() >>> (48 - 16 * i)) & 0xffff;
            groups[4 + i] = (int) (address.low() >>> (48 - 16 * i)) & 0xffff;
        }
        int gapStart = -1;
        int gapLength = 1;
        for (int i = 0; i < 8; i++) {
            int run = i;
            while (run < 8 && groups[run] == 0) {
                run++;
            }
            if (run - i > gapLength) {
                gapStart = i;
                gapLength = run - i;
            }
        }
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < 8; i++) {
            if (i == gapStart) {
                text.append("::");
                i += gapLength - 1;
            } else {
                if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}
