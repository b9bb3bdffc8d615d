package io.fairlead.kernel.ipvs.fake;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.ipvs.IpvsOperation;
import io.fairlead.kernel.ipvs.RealServer;
import io.fairlead.kernel.ipvs.RealServerKey;
import io.fairlead.kernel.ipvs.VirtualServer;
import io.fairlead.kernel.ipvs.VirtualServerKey;
import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * What the kernel does with one operation: it checks in a certain order, and the first thing that it does not like is the
 * answer (ip_vs_genl_set_cmd and what it calls).
 *
 * <p>Guarded by its {@link FakeIpvsKernel}.
 */
final class FakeIpvsLaw {

    private static final int DONE = 0;

    private final FakeIpvsKernel kernel;

    FakeIpvsLaw(FakeIpvsKernel kernel) {
        this.kernel = kernel;
    }

    /** Does the operation, or nothing; returns the errno, 0 if it is done. */
    int apply(IpvsOperation operation) {
        VirtualServerKey key = operation.virtualServer();
        if (lacksFamily(key.address())) {
            return Errno.EAFNOSUPPORT;
        }
        FakeVirtualServer server = kernel.servers().get(key);
        if (server == null) {
            return operation instanceof IpvsOperation.AddVirtualServer add ? add(add.server()) : Errno.ESRCH;
        }
        return switch (operation) {
            case IpvsOperation.AddVirtualServer _ -> Errno.EEXIST;
            case IpvsOperation.ChangeVirtualServer change -> change(server, change.server());
            case IpvsOperation.DeleteVirtualServer _ -> {
                kernel.remove(key);
                yield DONE;
            }
            case IpvsOperation.AddRealServer add -> add(server, add.server());
            case IpvsOperation.ChangeRealServer change -> change(server, change.server());
            case IpvsOperation.DeleteRealServer delete -> delete(server, delete.server());
        };
    }

    private boolean lacksFamily(InetAddress address) {
        return address instanceof Inet6Address && !kernel.hasIpv6();
    }

    private int add(VirtualServer server) {
        int errno = check(server);
        if (errno == DONE) {
            kernel.add(server);
        }
        return errno;
    }

    private int change(FakeVirtualServer server, VirtualServer changed) {
        int errno = check(changed);
        if (errno == DONE) {
            server.change(changed);
        }
        return errno;
    }

    private int check(VirtualServer server) {
        if (!kernel.hasScheduler(server.scheduler())) {
            return Errno.ENOENT;
        }
        return server.key().isIpv6() && server.persistencePrefix() == 0 ? Errno.EINVAL : DONE;
    }

    private int add(FakeVirtualServer server, RealServer real) {
        int errno = check(server, real);
        if (errno != DONE) {
            return errno;
        }
        if (server.has(real.key())) {
            return Errno.EEXIST;
        }
        FakeConnections connections = kernel.recover(server.declaration().key(), real.key());
        // What is taken back from the trash was checked when it came for the first time.
        if (connections.isNone() && !isUnicast(real.key().address())) {
            return Errno.EINVAL;
        }
        server.add(real, connections);
        return DONE;
    }

    private int change(FakeVirtualServer server, RealServer real) {
        int errno = check(server, real);
        if (errno != DONE) {
            return errno;
        }
        if (!server.has(real.key())) {
            return Errno.ENOENT;
        }
        server.change(real);
        return DONE;
    }

    private int check(FakeVirtualServer server, RealServer real) {
        InetAddress address = real.key().address();
        if (lacksFamily(address)) {
            return Errno.EAFNOSUPPORT;
        }
        boolean otherFamily =
                address instanceof Inet6Address != server.declaration().key().isIpv6();
        if (otherFamily && real.forwarding() != RealServer.TUNNEL) {
            return Errno.EINVAL;
        }
        boolean senseless = Integer.compareUnsigned(real.lowerThreshold(), real.upperThreshold()) > 0;
        if (real.weight() < 0 || senseless) {
            return Errno.ERANGE;
        }
        return real.upperThreshold() < 0 ? Errno.EINVAL : DONE;
    }

    private int delete(FakeVirtualServer server, RealServerKey real) {
        if (lacksFamily(real.address())) {
            return Errno.EAFNOSUPPORT;
        }
        if (!server.has(real)) {
            return Errno.ENOENT;
        }
        kernel.discard(server.declaration().key(), real, server.remove(real));
        return DONE;
    }

    /** As inet_addr_type and ipv6_addr_type see it on a node that knows no broadcast address of a link. */
    private static boolean isUnicast(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (address instanceof Inet6Address) {
            return !address.isAnyLocalAddress()
                    && !address.isMulticastAddress()
                    && !address.isLinkLocalAddress()
                    && !isMapped(bytes);
        }
        // From 5.3 on only its first address.
        boolean zeroNetwork = bytes[0] == 0;
        boolean limitedBroadcast = (bytes[0] & bytes[1] & bytes[2] & bytes[3]) == -1;
        return !zeroNetwork && !limitedBroadcast && !address.isMulticastAddress();
    }

    /** ::ffff:0:0/96. */
    private static boolean isMapped(byte[] bytes) {
        for (int i = 0; i < 10; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return bytes[10] == -1 && bytes[11] == -1;
    }
}
