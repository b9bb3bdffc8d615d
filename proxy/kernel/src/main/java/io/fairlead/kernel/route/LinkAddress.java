package io.fairlead.kernel.route;

import java.net.InetAddress;

/**
 * An IP address on a link.
 *
 * <p>Immutable.
 *
 * @param link index of the link
 * @param address the local one, also on point-to-point links
 * @param prefixLength in bits
 * @param scope RT_SCOPE_* of linux/rtnetlink.h
 * @param flags IFA_F_* of linux/if_addr.h
 */
public record LinkAddress(int link, InetAddress address, int prefixLength, int scope, int flags) {

    /** Valid everywhere. */
    public static final int SCOPE_GLOBAL = 0;
    /** Valid on this link only. */
    public static final int SCOPE_LINK = 253;
    /** Valid inside this host. */
    public static final int SCOPE_HOST = 254;

    /** IFA_F_NODAD: usable at once, without duplicate address detection (RFC 4862 section 5.4). IPv6 only. */
    public static final int NO_DUPLICATE_DETECTION = 0x02;

    private static final int IFA_F_DADFAILED = 0x08;
    private static final int IFA_F_DEPRECATED = 0x20;
    private static final int IFA_F_TENTATIVE = 0x40;

    public LinkAddress {
        PrefixLength.check(address, prefixLength);
    }

    /** An address to add: global, and usable at once. */
    public static LinkAddress global(int link, InetAddress address, int prefixLength) {
        int flags = address.getAddress().length == 4 ? 0 : NO_DUPLICATE_DETECTION;
        return new LinkAddress(link, address, prefixLength, SCOPE_GLOBAL, flags);
    }

    /** Not yet to be used: duplicate detection runs or has failed. */
    public boolean isTentative() {
        return (flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) != 0;
    }

    /** Not to be used for new connections (RFC 4862 section 5.5.4). */
    public boolean isDeprecated() {
        return (flags & IFA_F_DEPRECATED) != 0;
    }
}
