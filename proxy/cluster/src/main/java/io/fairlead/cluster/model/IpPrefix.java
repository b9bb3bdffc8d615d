package io.fairlead.cluster.model;

import java.util.Comparator;

/**
 * A CIDR: an address with only its first {@code length} bits set. Host bits given by a user are cleared.
 *
 * <p>Immutable.
 *
 * @param length prefix length in bits, 0..32 or 0..128
 */
public record IpPrefix(IpAddress address, int length) implements Comparable<IpPrefix> {

    private static final Comparator<IpPrefix> ORDER =
            Comparator.comparing(IpPrefix::address).thenComparingInt(IpPrefix::length);

    public IpPrefix {
        if (length < 0 || length > address.family().addressBits()) {
            throw new IllegalArgumentException("prefix length " + length + " does not fit " + address);
        }
        address = address.masked(length);
    }

    /** The prefix that holds just this address. */
    public static IpPrefix of(IpAddress address) {
        return new IpPrefix(address, address.family().addressBits());
    }

    /**
     * Parses {@code address/length}; blanks around it are ignored and leading zeros read as decimal, as kube-proxy does.
     *
     * @throws IllegalArgumentException if the text is not a CIDR; the message quotes it
     */
    public static IpPrefix parse(String text) {
        String trimmed = text.strip();
        int slash = trimmed.indexOf('/');
        if (slash > 0 && trimmed.length() - slash <= 4) {
            IpAddress address = IpAddress.parse(trimmed.substring(0, slash));
            int length = 0;
            for (int i = slash + 1; i < trimmed.length() && length >= 0; i++) {
                int digit = trimmed.charAt(i) - '0';
                length = digit < 0 || digit > 9 ? -1 : length * 10 + digit;
            }
            if (length >= 0 && length <= address.family().addressBits() && slash + 1 < trimmed.length()) {
                return new IpPrefix(address, length);
            }
        }
        throw new IllegalArgumentException("not a CIDR: " + IpText.quote(text));
    }

    public IpFamily family() {
        return address.family();
    }

    public boolean contains(IpAddress candidate) {
        return candidate.family() == family() && candidate.masked(length).equals(address);
    }

    @Override
    public int compareTo(IpPrefix other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return address + "/" + length;
    }
}
