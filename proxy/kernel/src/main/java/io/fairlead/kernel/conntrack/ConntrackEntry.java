package io.fairlead.kernel.conntrack;

import io.fairlead.kernel.netlink.NetlinkAttributes;
import io.fairlead.kernel.netlink.NetlinkMessage;

/**
 * The entry that is being visited; its content changes with the next one.
 *
 * <p>Confined to the thread of its {@link Conntrack}.
 */
public final class ConntrackEntry {

    private final NetlinkAttributes attributes = new NetlinkAttributes();
    private final NetlinkAttributes parts = new NetlinkAttributes();
    private final NetlinkAttributes values = new NetlinkAttributes();
    private final TupleView original = new TupleView();
    private final TupleView reply = new TupleView();
    private int mark;
    private int status;
    private int zone;
    private int timeoutSeconds;
    private int id;
    private int protocolState;
    private long packets;
    private long bytes;

    ConntrackEntry() {}

    /** Reads a message of type {@link Ctnetlink#NEW}. */
    void read(NetlinkMessage message) {
        original.clear();
        reply.clear();
        mark = 0;
        status = 0;
        zone = 0;
        timeoutSeconds = 0;
        id = 0;
        protocolState = 0;
        packets = -1;
        bytes = -1;
        message.attributes(Ctnetlink.HEADER, attributes);
        while (attributes.next()) {
            switch (attributes.type()) {
                case Ctnetlink.CTA_TUPLE_ORIG -> original.read(attributes);
                case Ctnetlink.CTA_TUPLE_REPLY -> reply.read(attributes);
                case Ctnetlink.CTA_PROTOINFO -> readProtocolState();
                case Ctnetlink.CTA_COUNTERS_ORIG, Ctnetlink.CTA_COUNTERS_REPLY -> addCounters();
                case Ctnetlink.CTA_MARK -> mark = attributes.networkIntValue();
                case Ctnetlink.CTA_STATUS -> status = attributes.networkIntValue();
                case Ctnetlink.CTA_ZONE -> zone = attributes.networkShortValue();
                case Ctnetlink.CTA_TIMEOUT -> timeoutSeconds = attributes.networkIntValue();
                case Ctnetlink.CTA_ID -> id = attributes.networkIntValue();
                default -> {}
            }
        }
    }

    private void readProtocolState() {
        attributes.nested(parts);
        while (parts.next()) {
            if (parts.type() == Ctnetlink.CTA_PROTOINFO_TCP || parts.type() == Ctnetlink.CTA_PROTOINFO_SCTP) {
                parts.nested(values);
                while (values.next()) {
                    if (values.type() == Ctnetlink.CTA_PROTOINFO_STATE) {
                        protocolState = values.byteValue();
                    }
                }
            }
        }
    }

    private void addCounters() {
        attributes.nested(parts);
        while (parts.next()) {
            switch (parts.type()) {
                case Ctnetlink.CTA_COUNTERS_PACKETS -> packets = Math.max(packets, 0) + parts.networkLongValue();
                case Ctnetlink.CTA_COUNTERS_BYTES -> bytes = Math.max(bytes, 0) + parts.networkLongValue();
                default -> {}
            }
        }
    }

    /** As the client sent it: its destination is the virtual address. */
    public TupleView original() {
        return original;
    }

    /** As answers arrive: its source is the backend. */
    public TupleView reply() {
        return reply;
    }

    public int mark() {
        return mark;
    }

    /** IPS_* of linux/netfilter/nf_conntrack_common.h. */
    public int status() {
        return status;
    }

    /** 0 is the default zone. */
    public int zone() {
        return zone;
    }

    /** Seconds until the kernel forgets it, 0 for what does not age. */
    public int timeoutSeconds() {
        return timeoutSeconds;
    }

    /** TCP_CONNTRACK_* or SCTP_CONNTRACK_* of linux/netfilter/nf_conntrack_tcp.h and _sctp.h, 0 for other protocols. */
    public int protocolState() {
        return protocolState;
    }

    /** Of both directions, -1 if the kernel does not count them (net.netfilter.nf_conntrack_acct). */
    public long packets() {
        return packets;
    }

    /** Of both directions, -1 if the kernel does not count them. */
    public long bytes() {
        return bytes;
    }

    /** Tells this entry from a later one with the same tuples. */
    public int id() {
        return id;
    }
}
