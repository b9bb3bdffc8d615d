package io.fairlead.kernel.netlink;

/**
 * Netlink families that we speak (include/uapi/linux/netlink.h).
 *
 * <p>Immutable.
 */
public enum NetlinkProtocol {
    /** Links, addresses, routes, neighbours (rtnetlink(7)). */
    ROUTE(0),
    /** Socket diagnostics (sock_diag(7)). */
    SOCK_DIAG(4),
    /** nf_tables and conntrack (nfnetlink). */
    NETFILTER(12),
    /** Families with a name, such as IPVS. */
    GENERIC(16);

    private final int number;

    NetlinkProtocol(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
