package io.fairlead.kernel.ipvs;

import io.fairlead.kernel.IpBytes;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.Libc;
import io.fairlead.kernel.netlink.GenericFamily;
import io.fairlead.kernel.netlink.NetlinkAttributes;
import io.fairlead.kernel.netlink.NetlinkMessage;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * Turns messages of IPVS into values.
 *
 * <p>Confined to the thread of its socket.
 */
final class IpvsDecoder {

    private static final byte[] NO_BYTES = {};
    private static final int FLAGS_BYTES = 2 * Integer.BYTES;
    private static final int MARKED = -1;

    private final NetlinkAttributes attributes = new NetlinkAttributes();
    private final NetlinkAttributes parts = new NetlinkAttributes();

    /** Decodes NEW_SERVICE; empty for a virtual server without address, that is for marks on packets. */
    Optional<VirtualServer> virtualServer(NetlinkMessage message) {
        enter(message, IpvsMessages.CMD_ATTR_SERVICE);
        int family = 0;
        int protocol = MARKED;
        int port = 0;
        byte[] address = NO_BYTES;
        String scheduler = "";
        int flags = 0;
        int seconds = 0;
        int hostMask = 0;
        int networkMask = 0;
        while (parts.next()) {
            switch (parts.type()) {
                case IpvsMessages.SVC_ATTR_AF -> family = parts.shortValue();
                case IpvsMessages.SVC_ATTR_PROTOCOL -> protocol = parts.shortValue();
                case IpvsMessages.SVC_ATTR_ADDR -> address = parts.bytesValue();
                case IpvsMessages.SVC_ATTR_PORT -> port = parts.networkShortValue();
                case IpvsMessages.SVC_ATTR_SCHED_NAME -> scheduler = parts.textValue();
                case IpvsMessages.SVC_ATTR_FLAGS -> flags = flags(parts.bytesValue());
                case IpvsMessages.SVC_ATTR_TIMEOUT -> seconds = parts.intValue();
                case IpvsMessages.SVC_ATTR_NETMASK -> {
                    hostMask = parts.intValue();
                    networkMask = parts.networkIntValue();
                }
                // Marks, statistics and persistence engines.
                default -> {}
            }
        }
        if (protocol == MARKED) {
            return Optional.empty();
        }
        try {
            VirtualServerKey key = new VirtualServerKey(address(family, address), protocol, port);
            int prefix = key.isIpv6() ? hostMask : prefix(networkMask);
            return Optional.of(new VirtualServer(key, scheduler, flags & ~VirtualServer.HASHED, seconds, prefix));
        } catch (IllegalArgumentException e) {
            throw malformed("virtual server", String.valueOf(e.getMessage()));
        }
    }

    /** struct ip_vs_flags: the flags, and a mask that says nothing here. */
    private static int flags(byte[] value) {
        if (value.length != FLAGS_BYTES) {
            throw malformed("virtual server", "flags of " + value.length + " bytes");
        }
        return ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getInt();
    }

    /** Of a mask with gaps, which we never write, the bits before the first gap. */
    private static int prefix(int mask) {
        return Integer.numberOfLeadingZeros(~mask);
    }

    /**
     * Decodes NEW_DEST.
     *
     * @param ipv6 what its virtual server is: kernels before 3.18 do not say it of real servers
     */
    RealServerStatus realServer(NetlinkMessage message, boolean ipv6) {
        enter(message, IpvsMessages.CMD_ATTR_DEST);
        int family = ipv6 ? Libc.AF_INET6 : Libc.AF_INET;
        byte[] address = NO_BYTES;
        int port = 0;
        int forwarding = 0;
        int weight = 0;
        int upper = 0;
        int lower = 0;
        int active = 0;
        int inactive = 0;
        int persistent = 0;
        while (parts.next()) {
            switch (parts.type()) {
                case IpvsMessages.DEST_ATTR_ADDR_FAMILY -> family = parts.shortValue();
                case IpvsMessages.DEST_ATTR_ADDR -> address = parts.bytesValue();
                case IpvsMessages.DEST_ATTR_PORT -> port = parts.networkShortValue();
                case IpvsMessages.DEST_ATTR_FWD_METHOD -> forwarding = parts.intValue();
                case IpvsMessages.DEST_ATTR_WEIGHT -> weight = parts.intValue();
                case IpvsMessages.DEST_ATTR_U_THRESH -> upper = parts.intValue();
                case IpvsMessages.DEST_ATTR_L_THRESH -> lower = parts.intValue();
                case IpvsMessages.DEST_ATTR_ACTIVE_CONNS -> active = parts.intValue();
                case IpvsMessages.DEST_ATTR_INACT_CONNS -> inactive = parts.intValue();
                case IpvsMessages.DEST_ATTR_PERSIST_CONNS -> persistent = parts.intValue();
                // Statistics and tunnels.
                default -> {}
            }
        }
        try {
            RealServerKey key = new RealServerKey(address(family, address), port);
            RealServer server = new RealServer(key, forwarding, weight, upper, lower);
            return new RealServerStatus(server, active, inactive, persistent);
        } catch (IllegalArgumentException e) {
            throw malformed("real server", String.valueOf(e.getMessage()));
        }
    }

    /** Decodes SET_CONFIG. */
    IpvsTimeouts timeouts(NetlinkMessage message) {
        int tcp = 0;
        int tcpFin = 0;
        int udp = 0;
        message.attributes(GenericFamily.HEADER_BYTES, attributes);
        while (attributes.next()) {
            switch (attributes.type()) {
                case IpvsMessages.CMD_ATTR_TIMEOUT_TCP -> tcp = attributes.intValue();
                case IpvsMessages.CMD_ATTR_TIMEOUT_TCP_FIN -> tcpFin = attributes.intValue();
                case IpvsMessages.CMD_ATTR_TIMEOUT_UDP -> udp = attributes.intValue();
                default -> {}
            }
        }
        return new IpvsTimeouts(tcp, tcpFin, udp);
    }

    /** Points {@link #parts} into the one attribute that a message is about. */
    private void enter(NetlinkMessage message, int type) {
        message.attributes(GenericFamily.HEADER_BYTES, attributes);
        while (attributes.next()) {
            if (attributes.type() == type) {
                attributes.nested(parts);
                return;
            }
        }
        throw malformed("message", "attribute " + type + " is missing");
    }

    /** union nf_inet_addr: always sixteen bytes, of which IPv4 uses the first four. */
    private static InetAddress address(int family, byte[] value) {
        int length = switch (family) {
            case Libc.AF_INET -> IpBytes.IPV4_BYTES;
            case Libc.AF_INET6 -> IpBytes.IPV6_BYTES;
            default -> throw new IllegalArgumentException("address family " + family);
        };
        if (value.length < length) {
            throw new IllegalArgumentException("address of " + value.length + " bytes");
        }
        return IpBytes.address(Arrays.copyOf(value, length));
    }

    private static KernelException malformed(String what, String detail) {
        return new KernelException("decode", "IPVS " + what, 0, detail);
    }
}
