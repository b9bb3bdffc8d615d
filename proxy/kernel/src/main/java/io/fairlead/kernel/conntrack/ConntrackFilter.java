package io.fairlead.kernel.conntrack;

import io.fairlead.kernel.IpBytes;
import io.fairlead.kernel.netlink.NetlinkWriter;
import java.net.InetAddress;

/**
 * Which entries are meant: all of a family and a protocol, and fewer with every call.
 *
 * <p>The kernel compares what it is known to compare rightly, and {@link #matches} compares everything again. As of
 * Linux 6.18 ctnetlink_filter_match_tuple takes entries with <em>other</em> IPv6 addresses than the filter's, and
 * looks at ports of TCP and UDP only; kernels before 5.8 ignore filters.
 *
 * <p>Immutable.
 */
public final class ConntrackFilter {

    private static final int TCP = 6;
    private static final int UDP = 17;

    private final boolean ipv6;
    private final int protocol;
    private final TuplePattern original;
    private final TuplePattern reply;

    private ConntrackFilter(boolean ipv6, int protocol, TuplePattern original, TuplePattern reply) {
        if (protocol <= 0 || protocol > 255) {
            throw new IllegalArgumentException("IP protocol " + protocol + " is not within 1 to 255");
        }
        this.ipv6 = ipv6;
        this.protocol = protocol;
        this.original = original;
        this.reply = reply;
    }

    /** @param protocol IP protocol number, 17 for UDP */
    public static ConntrackFilter ipv4(int protocol) {
        return new ConntrackFilter(false, protocol, TuplePattern.ANY, TuplePattern.ANY);
    }

    /** @param protocol IP protocol number, 17 for UDP */
    public static ConntrackFilter ipv6(int protocol) {
        return new ConntrackFilter(true, protocol, TuplePattern.ANY, TuplePattern.ANY);
    }

    /** Exactly one flow. */
    static ConntrackFilter exactly(Tuple tuple) {
        boolean ipv6 = tuple.source().getAddress().length == IpBytes.IPV6_BYTES;
        return new ConntrackFilter(ipv6, tuple.protocol(), TuplePattern.exactly(tuple), TuplePattern.ANY);
    }

    /** The client's address. */
    public ConntrackFilter originalSource(InetAddress address) {
        return new ConntrackFilter(ipv6, protocol, original.withSource(ofFamily(address)), reply);
    }

    /** The client's port. */
    public ConntrackFilter originalSourcePort(int port) {
        return new ConntrackFilter(ipv6, protocol, original.withSourcePort(port), reply);
    }

    /** The address that the client wrote to: the virtual one. */
    public ConntrackFilter originalDestination(InetAddress address) {
        return new ConntrackFilter(ipv6, protocol, original.withDestination(ofFamily(address)), reply);
    }

    /** The port that the client wrote to. */
    public ConntrackFilter originalDestinationPort(int port) {
        return new ConntrackFilter(ipv6, protocol, original.withDestinationPort(port), reply);
    }

    /** The address that answers: the backend. */
    public ConntrackFilter replySource(InetAddress address) {
        return new ConntrackFilter(ipv6, protocol, original, reply.withSource(ofFamily(address)));
    }

    /** The port that answers. */
    public ConntrackFilter replySourcePort(int port) {
        return new ConntrackFilter(ipv6, protocol, original, reply.withSourcePort(port));
    }

    private InetAddress ofFamily(InetAddress address) {
        if ((address.getAddress().length == IpBytes.IPV6_BYTES) != ipv6) {
            throw new IllegalArgumentException(
                    address.getHostAddress() + " in a filter for " + (ipv6 ? "IPv6" : "IPv4"));
        }
        return address;
    }

    boolean matches(ConntrackEntry entry) {
        return entry.original().isIpv6() == ipv6
                && entry.original().protocol() == protocol
                && original.matches(entry.original())
                && reply.matches(entry.reply());
    }

    int family() {
        return ipv6 ? Ctnetlink.AF_INET6 : Ctnetlink.AF_INET;
    }

    /** Whether the kernel selects what {@link #matches} selects, so that it can be trusted to delete. */
    boolean isExactInKernel() {
        boolean portsAreCompared = protocol == TCP || protocol == UDP;
        return original.isWithin(ipv6, portsAreCompared)
                && reply.isWithin(ipv6, portsAreCompared)
                // A kernel that cannot delete by filter would take this for an entry's name and not look at the reply.
                && !original.isComplete();
    }

    /** The original direction alone, as it names a single entry. */
    void writeName(NetlinkWriter request) {
        original.write(request, Ctnetlink.CTA_TUPLE_ORIG, ipv6, protocol);
    }

    /**
     * Both directions as far as the kernel can compare them, and CTA_FILTER that says which parts count.
     * CTA_TUPLE_ORIG is always there: in a delete request without it, a kernel that does not know CTA_FILTER would see
     * an order to flush the table.
     */
    void write(NetlinkWriter request) {
        TuplePattern there = ipv6 ? original.withoutAddresses() : original;
        TuplePattern back = ipv6 ? reply.withoutAddresses() : reply;
        there.write(request, Ctnetlink.CTA_TUPLE_ORIG, ipv6, protocol);
        back.write(request, Ctnetlink.CTA_TUPLE_REPLY, ipv6, protocol);
        int flags = request.beginNested(Ctnetlink.CTA_FILTER);
        request.putInt(Ctnetlink.CTA_FILTER_ORIG_FLAGS, there.parts() | Ctnetlink.MATCH_PROTOCOL);
        request.putInt(Ctnetlink.CTA_FILTER_REPLY_FLAGS, back.parts() | Ctnetlink.MATCH_PROTOCOL);
        request.endNested(flags);
    }

    @Override
    public String toString() {
        return (ipv6 ? "IPv6" : "IPv4") + " flows of protocol " + protocol + " from " + original + ", reply from "
                + reply;
    }
}
