package io.fairlead.kernel.conntrack;

import io.fairlead.kernel.IpBytes;
import io.fairlead.kernel.netlink.NetlinkWriter;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * What one direction of a flow must look like, as the kernel and as {@link #matches} compare it.
 *
 * <p>Immutable.
 *
 * @param parts which of the other components count: MATCH_* of {@link Ctnetlink}
 */
record TuplePattern(int parts, Address source, int sourcePort, Address destination, int destinationPort) {

    /**
     * An address as {@link TupleView} gives it.
     *
     * <p>Immutable.
     */
    record Address(long high, long low, String text) {

        static final Address NONE = new Address(0, 0, "any");

        static Address of(InetAddress address) {
            byte[] bytes = address.getAddress();
            ByteBuffer wide = ByteBuffer.allocate(IpBytes.IPV6_BYTES);
            wide.put(IpBytes.IPV6_BYTES - bytes.length, bytes);
            return new Address(wide.getLong(0), wide.getLong(Long.BYTES), address.getHostAddress());
        }

        private void write(NetlinkWriter request, boolean ipv6, int v4Type, int v6Type) {
            if (ipv6) {
                byte[] bytes = ByteBuffer.allocate(IpBytes.IPV6_BYTES)
                        .putLong(high)
                        .putLong(low)
                        .array();
                request.putBytes(v6Type, bytes);
            } else {
                request.putNetworkInt(v4Type, (int) low);
            }
        }
    }

    static final TuplePattern ANY = new TuplePattern(0, Address.NONE, 0, Address.NONE, 0);

    private static final int ADDRESSES = Ctnetlink.MATCH_SOURCE | Ctnetlink.MATCH_DESTINATION;
    private static final int PORTS = Ctnetlink.MATCH_SOURCE_PORT | Ctnetlink.MATCH_DESTINATION_PORT;

    TuplePattern {
        if ((sourcePort | destinationPort) >>> Short.SIZE != 0) {
            throw new IllegalArgumentException("port " + sourcePort + " or " + destinationPort + " is out of range");
        }
    }

    static TuplePattern exactly(Tuple tuple) {
        return new TuplePattern(
                ADDRESSES | PORTS,
                Address.of(tuple.source()),
                tuple.sourcePort(),
                Address.of(tuple.destination()),
                tuple.destinationPort());
    }

    TuplePattern withSource(InetAddress address) {
        return new TuplePattern(
                parts | Ctnetlink.MATCH_SOURCE, Address.of(address), sourcePort, destination, destinationPort);
    }

    TuplePattern withDestination(InetAddress address) {
        return new TuplePattern(
                parts | Ctnetlink.MATCH_DESTINATION, source, sourcePort, Address.of(address), destinationPort);
    }

    TuplePattern withSourcePort(int port) {
        return new TuplePattern(parts | Ctnetlink.MATCH_SOURCE_PORT, source, port, destination, destinationPort);
    }

    TuplePattern withDestinationPort(int port) {
        return new TuplePattern(parts | Ctnetlink.MATCH_DESTINATION_PORT, source, sourcePort, destination, port);
    }

    TuplePattern withoutAddresses() {
        return new TuplePattern(parts & ~ADDRESSES, Address.NONE, sourcePort, Address.NONE, destinationPort);
    }

    /** Whether it needs no more than the kernel compares, see {@link ConntrackFilter}. */
    boolean isWithin(boolean ipv6, boolean portsAreCompared) {
        return (!ipv6 || !has(ADDRESSES)) && (portsAreCompared || !has(PORTS));
    }

    boolean isComplete() {
        return parts == (ADDRESSES | PORTS);
    }

    boolean matches(TupleView view) {
        return (!has(Ctnetlink.MATCH_SOURCE) || view.sourceLow() == source.low && view.sourceHigh() == source.high)
                && (!has(Ctnetlink.MATCH_DESTINATION)
                        || view.destinationLow() == destination.low && view.destinationHigh() == destination.high)
                && (!has(Ctnetlink.MATCH_SOURCE_PORT) || view.sourcePort() == sourcePort)
                && (!has(Ctnetlink.MATCH_DESTINATION_PORT) || view.destinationPort() == destinationPort);
    }

    /** Writes CTA_TUPLE_ORIG or CTA_TUPLE_REPLY with the parts that count, and always the protocol. */
    void write(NetlinkWriter request, int type, boolean ipv6, int protocol) {
        int tuple = request.beginNested(type);
        if (has(ADDRESSES)) {
            int addresses = request.beginNested(Ctnetlink.CTA_TUPLE_IP);
            if (has(Ctnetlink.MATCH_SOURCE)) {
                source.write(request, ipv6, Ctnetlink.CTA_IP_V4_SRC, Ctnetlink.CTA_IP_V6_SRC);
            }
            if (has(Ctnetlink.MATCH_DESTINATION)) {
                destination.write(request, ipv6, Ctnetlink.CTA_IP_V4_DST, Ctnetlink.CTA_IP_V6_DST);
            }
            request.endNested(addresses);
        }
        int ports = request.beginNested(Ctnetlink.CTA_TUPLE_PROTO);
        request.putByte(Ctnetlink.CTA_PROTO_NUM, protocol);
        if (has(Ctnetlink.MATCH_SOURCE_PORT)) {
            request.putNetworkShort(Ctnetlink.CTA_PROTO_SRC_PORT, sourcePort);
        }
        if (has(Ctnetlink.MATCH_DESTINATION_PORT)) {
            request.putNetworkShort(Ctnetlink.CTA_PROTO_DST_PORT, destinationPort);
        }
        request.endNested(ports);
        request.endNested(tuple);
    }

    /** Whether at least one of these counts. */
    private boolean has(int some) {
        return (parts & some) != 0;
    }

    /** As in {@code any port any to 10.96.0.1 port 53}. */
    @Override
    public String toString() {
        return source.text + " port " + port(Ctnetlink.MATCH_SOURCE_PORT, sourcePort) + " to " + destination.text
                + " port " + port(Ctnetlink.MATCH_DESTINATION_PORT, destinationPort);
    }

    private String port(int part, int port) {
        return has(part) ? Integer.toString(port) : "any";
    }
}
