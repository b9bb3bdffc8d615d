package io.fairlead.lab.topology;

/**
 * An IPv4 and an IPv6 prefix of the same thing.
 *
 * <p>Immutable.
 *
 * @param first the first address of each
 */
public record Range(DualStack first, int bits4, int bits6) {

    /** The IPv4 prefix as CIDR text. */
    public String text4() {
        return first.text4() + "/" + bits4;
    }

    /** The IPv6 prefix as CIDR text. */
    public String text6() {
        return first.text6() + "/" + bits6;
    }
}
