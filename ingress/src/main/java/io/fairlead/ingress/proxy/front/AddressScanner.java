package io.fairlead.ingress.proxy.front;

/**
 * Reads an address as proxies write them: {@code 192.0.2.7}, {@code 2001:db8::7}, {@code [2001:db8::7]}, and either with
 * a port behind it. IPv4 is held as IPv6 has it (RFC 4291 section 2.5.5.2).
 *
 * <p>Hot path: allocates nothing.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
final class AddressScanner {

    static final long IPV4_IN_IPV6 = 0xffffL << 32;

    /** Of the longest form, with IPv4 at its end. */
    static final int TEXT_BYTES_MAX = 45;

    private static final int GROUPS = 8;

    private long high;
    private long low;
    private int textFrom;
    private int textTo;

    long high() {
        return high;
    }

    long low() {
        return low;
    }

    /** Where the address itself begins, without bracket. */
    int textFrom() {
        return textFrom;
    }

    /** Where it ends, without bracket or port. */
    int textTo() {
        return textTo;
    }

    /** Whether this range is an address; then the accessors say which. */
    boolean read(byte[] text, int from, int to) {
        textFrom = from;
        textTo = to;
        if (from < to && text[from] == '[') {
            int end = from + 1;
            while (end < to && text[end] != ']') {
                end++;
            }
            textFrom = from + 1;
            textTo = end;
            return end < to && isPortOrNothing(text, end + 1, to) && ipv6(text, textFrom, textTo);
        }
        int colon = from;
        while (colon < to && text[colon] != ':') {
            colon++;
        }
        boolean single = true;
        for (int i = colon + 1; i < to; i++) {
            single &= text[i] != ':';
        }
        if (single) {
            textTo = colon;
            return isPortOrNothing(text, colon, to) && ipv4(text, from, colon);
        }
        return ipv6(text, from, to);
    }

    private static boolean isPortOrNothing(byte[] text, int from, int to) {
        if (from == to) {
            return true;
        }
        boolean digits = text[from] == ':' && to - from > 1 && to - from <= 6;
        for (int i = from + 1; i < to; i++) {
            digits &= text[i] >= '0' && text[i] <= '9';
        }
        return digits;
    }

    private boolean ipv4(byte[] text, int from, int to) {
        long address = quad(text, from, to);
        high = 0;
        low = IPV4_IN_IPV6 | address;
        return address >= 0;
    }

    /** The four numbers as one; -1 if they are none. */
    private static long quad(byte[] text, int from, int to) {
        long address = 0;
        int at = from;
        for (int part = 0; part < 4; part++) {
            int number = -1;
            int begin = at;
            while (at < to && text[at] >= '0' && text[at] <= '9' && at - begin < 3) {
                number = Math.max(number, 0) * 10 + text[at++] - '0';
            }
            boolean ends = part == 3 ? at == to : at < to && text[at++] == '.';
            if (number < 0 || number > 255 || !ends) {
                return -1;
            }
            address = address << 8 | number;
        }
        return address;
    }

    private boolean ipv6(byte[] text, int from, int to) {
        high = 0;
        low = 0;
        int at = from;
        int groups = 0;
        int gapAt = -1;
        if (to - from >= 2 && text[from] == ':' && text[from + 1] == ':') {
            gapAt = 0;
            at = from + 2;
        }
        while (at < to) {
            int begin = at;
            int number = 0;
            while (at < to && at - begin < 4 && digit(text[at]) >= 0) {
                number = number << 4 | digit(text[at++]);
            }
            if (at < to && text[at] == '.') {
                long rest = quad(text, begin, to);
                if (rest < 0 || groups > GROUPS - 2) {
                    return false;
                }
                push((int) (rest >>> 16));
                push((int) rest & 0xffff);
                groups += 2;
                at = to;
                break;
            }
            if (at == begin || groups == GROUPS) {
                return false;
            }
            push(number);
            groups++;
            if (at == to) {
                break;
            }
            if (text[at++] != ':') {
                return false;
            }
            if (at < to && text[at] == ':') {
                if (gapAt >= 0) {
                    return false;
                }
                gapAt = groups;
                at++;
            } else if (at == to) {
                return false;
            }
        }
        return gapAt < 0 ? groups == GROUPS : groups < GROUPS && openGap(gapAt, groups);
    }

    private void push(int group) {
        high = high << 16 | low >>> 48;
        low = low << 16 | group;
    }

    /** Moves the groups before the gap to the front: those behind it are in their place already. */
    private boolean openGap(int gapAt, int groups) {
        int behind = groups - gapAt;
        int bits = behind * 16;
        long tailHigh = bits > 64 ? high & mask(bits - 64) : 0;
        long tailLow = bits >= 64 ? low : low & mask(bits);
        long frontHigh = high;
        long frontLow = low;
        int shift = (GROUPS - groups) * 16;
        for (int i = 0; i < shift; i += 16) {
            frontHigh = frontHigh << 16 | frontLow >>> 48;
            frontLow <<= 16;
        }
        int keep = gapAt * 16;
        long keepHigh = keep >= 64 ? -1 : keep == 0 ? 0 : -1L << 64 - keep;
        long keepLow = keep <= 64 ? 0 : -1L << 128 - keep;
        high = frontHigh & keepHigh | tailHigh;
        low = frontLow & keepLow | tailLow;
        return true;
    }

    private static long mask(int bits) {
        return bits >= 64 ? -1 : (1L << bits) - 1;
    }

    private static int digit(byte c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }
}
