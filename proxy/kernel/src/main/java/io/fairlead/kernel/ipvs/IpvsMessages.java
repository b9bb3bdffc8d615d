package io.fairlead.kernel.ipvs;

/**
 * Numbers of the generic netlink family of IPVS (include/uapi/linux/ip_vs.h).
 *
 * <p>Thread-safe: constants.
 */
final class IpvsMessages {

    static final String FAMILY = "IPVS";

    static final int NEW_SERVICE = 1;
    static final int SET_SERVICE = 2;
    static final int DEL_SERVICE = 3;
    static final int GET_SERVICE = 4;
    static final int NEW_DEST = 5;
    static final int SET_DEST = 6;
    static final int DEL_DEST = 7;
    static final int GET_DEST = 8;
    static final int SET_CONFIG = 12;
    static final int GET_CONFIG = 13;

    static final int CMD_ATTR_SERVICE = 1;
    static final int CMD_ATTR_DEST = 2;
    static final int CMD_ATTR_TIMEOUT_TCP = 4;
    static final int CMD_ATTR_TIMEOUT_TCP_FIN = 5;
    static final int CMD_ATTR_TIMEOUT_UDP = 6;

    static final int SVC_ATTR_AF = 1;
    static final int SVC_ATTR_PROTOCOL = 2;
    static final int SVC_ATTR_ADDR = 3;
    static final int SVC_ATTR_PORT = 4;
    static final int SVC_ATTR_FWMARK = 5;
    static final int SVC_ATTR_SCHED_NAME = 6;
    static final int SVC_ATTR_FLAGS = 7;
    static final int SVC_ATTR_TIMEOUT = 8;
    static final int SVC_ATTR_NETMASK = 9;

    static final int DEST_ATTR_ADDR = 1;
    static final int DEST_ATTR_PORT = 2;
    static final int DEST_ATTR_FWD_METHOD = 3;
    static final int DEST_ATTR_WEIGHT = 4;
    static final int DEST_ATTR_U_THRESH = 5;
    static final int DEST_ATTR_L_THRESH = 6;
    static final int DEST_ATTR_ACTIVE_CONNS = 7;
    static final int DEST_ATTR_INACT_CONNS = 8;
    static final int DEST_ATTR_PERSIST_CONNS = 9;
    static final int DEST_ATTR_ADDR_FAMILY = 11;

    private IpvsMessages() {}
}
