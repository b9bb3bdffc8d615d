package io.fairlead.kernel.conntrack;

import io.fairlead.kernel.IpBytes;
import io.fairlead.kernel.netlink.NetlinkAttributes;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One direction of the entry that is being visited; its content changes with the next entry.
 *
 * <p>Hot path: reading an entry and its numbers allocates nothing. An address is also two numbers, to be looked up
 * without an object: an IPv4 address is in the low 32 bits of the low one.
 *
 * <p>Confined to the thread of its {@link Conntrack}.
 */
public final class TupleView {

    private static final int IPV4_OFFSET = IpBytes.IPV6_BYTES - IpBytes.IPV4_BYTES;

    private final NetlinkAttributes parts = new NetlinkAttributes();
    private final NetlinkAttributes values = new NetlinkAttributes();
    private final ByteBuffer source = ByteBuffer.allocate(IpBytes.IPV6_BYTES);
    private final ByteBuffer destination = ByteBuffer.allocate(IpBytes.IPV6_BYTES);
    private boolean ipv6;
    private int protocol;
    private int sourcePort;
    private int destinationPort;

    TupleView() {}

    void clear() {
        Arrays.fill(source.array(), (byte) 0);
        Arrays.fill(destination.array(), (byte) 0);
        ipv6 = false;
        protocol = 0;
        sourcePort = 0;
        destinationPort = 0;
    }

    /** Reads CTA_TUPLE_ORIG or CTA_TUPLE_REPLY. */
    void read(NetlinkAttributes tuple) {
        tuple.nested(parts);
        while (parts.next()) {
            switch (parts.type()) {
                case Ctnetlink.CTA_TUPLE_IP -> readAddresses();
                case Ctnetlink.CTA_TUPLE_PROTO -> readProtocol();
                default -> {}
            }
        }
    }

    private void readAddresses() {
        parts.nested(values);
        while (values.next()) {
            switch (values.type()) {
                case Ctnetlink.CTA_IP_V4_SRC -> source.putInt(IPV4_OFFSET, values.networkIntValue());
                case Ctnetlink.CTA_IP_V4_DST -> destination.putInt(IPV4_OFFSET, values.networkIntValue());
                case Ctnetlink.CTA_IP_V6_SRC -> {
                    values.copyTo(source.array());
                    ipv6 = true;
                }
                case Ctnetlink.CTA_IP_V6_DST -> {
                    values.copyTo(destination.array());
                    ipv6 = true;
                }
                default -> {}
            }
        }
    }

    private void readProtocol() {
        parts.nested(values);
        while (values.next()) {
            switch (values.type()) {
                case Ctnetlink.CTA_PROTO_NUM -> protocol = values.byteValue();
                case Ctnetlink.CTA_PROTO_SRC_PORT -> sourcePort = values.networkShortValue();
                case Ctnetlink.CTA_PROTO_DST_PORT -> destinationPort = values.networkShortValue();
                default -> {}
            }
        }
    }

    public boolean isIpv6() {
        return ipv6;
    }

    /** IP protocol number. */
    public int protocol() {
        return protocol;
    }

    /** 0 for protocols without ports. */
    public int sourcePort() {
        return sourcePort;
    }

    /** 0 for protocols without ports. */
    public int destinationPort() {
        return destinationPort;
    }

    public long sourceHigh() {
        return source.getLong(0);
    }

    public long sourceLow() {
        return source.getLong(Long.BYTES);
    }

    public long destinationHigh() {
        return destination.getLong(0);
    }

    public long destinationLow() {
        return destination.getLong(Long.BYTES);
    }

    /** A new object. */
    public InetAddress source() {
        return address(source.array());
    }

    /** A new object. */
    public InetAddress destination() {
        return address(destination.array());
    }

    /** A copy that outlives the visit. */
    public Tuple copy() {
        return new Tuple(protocol, source(), sourcePort, destination(), destinationPort);
    }

    private InetAddress address(byte[] bytes) {
        return IpBytes.address(Arrays.copyOfRange(bytes, ipv6 ? 0 : IPV4_OFFSET, bytes.length));
    }
}
