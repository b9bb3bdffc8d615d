package io.fairlead.kernel.ipvs;

import io.fairlead.kernel.Libc;
import io.fairlead.kernel.netlink.NetlinkWriter;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Writes the attributes of IPVS messages, behind their header. Ports and masks are in network order, all else is in that
 * of the host.
 *
 * <p>Thread-safe: writes only into what it is given.
 */
final class IpvsEncoder {

    private IpvsEncoder() {}

    /** The command of an operation. */
    static int command(IpvsOperation operation) {
        return switch (operation) {
            case IpvsOperation.AddVirtualServer _ -> IpvsMessages.NEW_SERVICE;
            case IpvsOperation.ChangeVirtualServer _ -> IpvsMessages.SET_SERVICE;
            case IpvsOperation.DeleteVirtualServer _ -> IpvsMessages.DEL_SERVICE;
            case IpvsOperation.AddRealServer _ -> IpvsMessages.NEW_DEST;
            case IpvsOperation.ChangeRealServer _ -> IpvsMessages.SET_DEST;
            case IpvsOperation.DeleteRealServer _ -> IpvsMessages.DEL_DEST;
        };
    }

    static void operation(NetlinkWriter writer, IpvsOperation operation) {
        switch (operation) {
            case IpvsOperation.AddVirtualServer add -> virtualServer(writer, add.server());
            case IpvsOperation.ChangeVirtualServer change -> virtualServer(writer, change.server());
            case IpvsOperation.DeleteVirtualServer delete -> virtualServer(writer, delete.virtualServer());
            case IpvsOperation.AddRealServer add -> {
                virtualServer(writer, add.virtualServer());
                realServer(writer, add.server());
            }
            case IpvsOperation.ChangeRealServer change -> {
                virtualServer(writer, change.virtualServer());
                realServer(writer, change.server());
            }
            case IpvsOperation.DeleteRealServer delete -> {
                virtualServer(writer, delete.virtualServer());
                int start = writer.beginNested(IpvsMessages.CMD_ATTR_DEST);
                key(writer, delete.server());
                writer.endNested(start);
            }
        }
    }

    /** What names a virtual server, for questions about it. */
    static void virtualServer(NetlinkWriter writer, VirtualServerKey key) {
        int start = writer.beginNested(IpvsMessages.CMD_ATTR_SERVICE);
        key(writer, key);
        writer.endNested(start);
    }

    private static void virtualServer(NetlinkWriter writer, VirtualServer server) {
        int start = writer.beginNested(IpvsMessages.CMD_ATTR_SERVICE);
        key(writer, server.key());
        writer.putText(IpvsMessages.SVC_ATTR_SCHED_NAME, server.scheduler());
        writer.putBytes(IpvsMessages.SVC_ATTR_FLAGS, flags(server.flags()));
        writer.putInt(IpvsMessages.SVC_ATTR_TIMEOUT, server.persistenceSeconds());
        if (server.key().isIpv6()) {
            writer.putInt(IpvsMessages.SVC_ATTR_NETMASK, server.persistencePrefix());
        } else {
            writer.putNetworkInt(IpvsMessages.SVC_ATTR_NETMASK, mask(server.persistencePrefix()));
        }
        writer.endNested(start);
    }

    private static void key(NetlinkWriter writer, VirtualServerKey key) {
        writer.putShort(IpvsMessages.SVC_ATTR_AF, family(key.address()));
        writer.putShort(IpvsMessages.SVC_ATTR_PROTOCOL, key.protocol());
        writer.putBytes(IpvsMessages.SVC_ATTR_ADDR, key.address().getAddress());
        writer.putNetworkShort(IpvsMessages.SVC_ATTR_PORT, key.port());
    }

    /** struct ip_vs_flags: the flags, and which of them are meant, which is all. */
    private static byte[] flags(int flags) {
        ByteBuffer buffer = ByteBuffer.allocate(2 * Integer.BYTES).order(ByteOrder.nativeOrder());
        return buffer.putInt(flags).putInt(~0).array();
    }

    private static int mask(int prefix) {
        // Java shifts by 32 not at all.
        return prefix == 0 ? 0 : -1 << (Integer.SIZE - prefix);
    }

    private static void realServer(NetlinkWriter writer, RealServer server) {
        int start = writer.beginNested(IpvsMessages.CMD_ATTR_DEST);
        key(writer, server.key());
        writer.putInt(IpvsMessages.DEST_ATTR_FWD_METHOD, server.forwarding());
        writer.putInt(IpvsMessages.DEST_ATTR_WEIGHT, server.weight());
        writer.putInt(IpvsMessages.DEST_ATTR_U_THRESH, server.upperThreshold());
        writer.putInt(IpvsMessages.DEST_ATTR_L_THRESH, server.lowerThreshold());
        writer.endNested(start);
    }

    private static void key(NetlinkWriter writer, RealServerKey key) {
        writer.putBytes(IpvsMessages.DEST_ATTR_ADDR, key.address().getAddress());
        writer.putNetworkShort(IpvsMessages.DEST_ATTR_PORT, key.port());
        writer.putShort(IpvsMessages.DEST_ATTR_ADDR_FAMILY, family(key.address()));
    }

    private static int family(InetAddress address) {
        return address instanceof Inet6Address ? Libc.AF_INET6 : Libc.AF_INET;
    }

    static void timeouts(NetlinkWriter writer, IpvsTimeouts timeouts) {
        writer.putInt(IpvsMessages.CMD_ATTR_TIMEOUT_TCP, timeouts.tcpSeconds());
        writer.putInt(IpvsMessages.CMD_ATTR_TIMEOUT_TCP_FIN, timeouts.tcpFinSeconds());
        writer.putInt(IpvsMessages.CMD_ATTR_TIMEOUT_UDP, timeouts.udpSeconds());
    }
}
