package io.fairlead.kernel.nft;

/**
 * A base chain of any program, in a family that sees IP packets.
 *
 * <p>Immutable.
 *
 * @param family NFPROTO_INET, NFPROTO_IPV4 or NFPROTO_IPV6
 * @param dropsByPolicy whether it drops what none of its rules decides
 */
public record NftForeignChain(int family, String table, String name, boolean dropsByPolicy) {

    static final int INET = 1;

    /** Whether the IPv4 or IPv6 packets pass it. */
    public boolean sees(NftFamily of) {
        return family == INET || family == of.number();
    }

    /** As {@code nft list chain} takes it. */
    @Override
    public String toString() {
        String text = family == INET ? "inet" : family == NftFamily.IP.number() ? "ip" : "ip6";
        return text + " " + table + " " + name;
    }
}
