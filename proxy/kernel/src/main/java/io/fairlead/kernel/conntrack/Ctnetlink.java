package io.fairlead.kernel.conntrack;

/**
 * Numbers of the conntrack subsystem of nfnetlink: linux/netfilter/nfnetlink.h, nfnetlink_conntrack.h and, for the
 * flags of a filter, net/netfilter/nf_internals.h.
 *
 * <p>Thread-safe: constants.
 */
final class Ctnetlink {

    private static final int NFNL_SUBSYS_CTNETLINK = 1 << 8;

    static final int NEW = NFNL_SUBSYS_CTNETLINK;
    static final int GET = NFNL_SUBSYS_CTNETLINK | 1;
    static final int DELETE = NFNL_SUBSYS_CTNETLINK | 2;
    static final int GET_STATS = NFNL_SUBSYS_CTNETLINK | 5;

    /** Bytes of struct nfgenmsg. */
    static final int HEADER = 4;

    static final int AF_UNSPEC = 0;
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;

    static final int CTA_TUPLE_ORIG = 1;
    static final int CTA_TUPLE_REPLY = 2;
    static final int CTA_STATUS = 3;
    static final int CTA_PROTOINFO = 4;
    static final int CTA_TIMEOUT = 7;
    static final int CTA_MARK = 8;
    static final int CTA_COUNTERS_ORIG = 9;
    static final int CTA_COUNTERS_REPLY = 10;
    static final int CTA_ID = 12;
    static final int CTA_ZONE = 18;
    static final int CTA_FILTER = 25;
    /** NLA_F_NESTED, where the value is at hand as bytes. */
    static final int NESTED = 0x8000;

    static final int CTA_TUPLE_IP = 1;
    static final int CTA_TUPLE_PROTO = 2;

    static final int CTA_IP_V4_SRC = 1;
    static final int CTA_IP_V4_DST = 2;
    static final int CTA_IP_V6_SRC = 3;
    static final int CTA_IP_V6_DST = 4;

    static final int CTA_PROTO_NUM = 1;
    static final int CTA_PROTO_SRC_PORT = 2;
    static final int CTA_PROTO_DST_PORT = 3;

    static final int CTA_PROTOINFO_TCP = 1;
    static final int CTA_PROTOINFO_SCTP = 3;
    /** Of TCP and of SCTP. */
    static final int CTA_PROTOINFO_STATE = 1;

    static final int CTA_COUNTERS_PACKETS = 1;
    static final int CTA_COUNTERS_BYTES = 2;

    static final int CTA_FILTER_ORIG_FLAGS = 1;
    static final int CTA_FILTER_REPLY_FLAGS = 2;

    /** Which parts of a tuple a filter looks at. */
    static final int MATCH_SOURCE = 1;

    static final int MATCH_DESTINATION = 1 << 1;
    static final int MATCH_PROTOCOL = 1 << 3;
    static final int MATCH_SOURCE_PORT = 1 << 4;
    static final int MATCH_DESTINATION_PORT = 1 << 5;

    static final int CTA_STATS_GLOBAL_ENTRIES = 1;
    static final int CTA_STATS_GLOBAL_MAX_ENTRIES = 2;

    private Ctnetlink() {}
}
