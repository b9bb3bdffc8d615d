package io.fairlead.test.netns;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.ipvs.NetlinkIpvs;
import io.fairlead.kernel.netns.NetNs;
import io.fairlead.kernel.route.RouteNetlink;

/**
 * What many kernels lack. Whether one has it is told by trying it in a namespace that then ends.
 *
 * <p>Immutable.
 */
public enum Facility {
    /** Virtual servers, with links for their addresses. */
    IPVS,
    /** Sockets of SCTP. */
    SCTP;

    public boolean isThere() {
        try (NetNs empty = NetNs.anonymous()) {
            return switch (this) {
                case IPVS -> empty.run(Facility::hasVirtualServers) && empty.run(Facility::hasDummies);
                case SCTP -> empty.run(SctpSocket::isThere);
            };
        }
    }

    private static boolean hasVirtualServers() {
        boolean[] found = new boolean[1];
        NetlinkIpvs.openIfPresent().ifPresent(ipvs -> {
            found[0] = true;
            ipvs.close();
        });
        return found[0];
    }

    private static boolean hasDummies() {
        try (RouteNetlink network = RouteNetlink.open()) {
            network.createDummy("probe");
            return true;
        } catch (KernelException e) {
            if (e.errno() == Errno.EOPNOTSUPP) {
                return false;
            }
            throw e;
        }
    }
}
