package io.fairlead.kernel.iptables;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads the match {@code -m conntrack} of a rule (struct xt_conntrack_mtinfo2 and 3 of
 * include/uapi/linux/netfilter/xt_conntrack.h).
 *
 * <p>Thread-safe: pure functions.
 */
public final class ConntrackMatch {

    /** IPS_DST_NAT, of a connection whose destination was translated. */
    public static final int STATUS_DESTINATION_TRANSLATED = 1 << 5;

    /** Eight addresses, two times, a protocol and four ports stand in front of the flags. */
    private static final int FLAGS_OFFSET = 146;

    private static final int INVERTED_OFFSET = 148;
    private static final int STATES_OFFSET = 150;
    private static final int END = 152;

    private static final int BY_STATE = 1;
    /** XT_CONNTRACK_STATE_DNAT. */
    private static final int STATE_DNAT = 1 << 7;

    private ConntrackMatch() {}

    /** Whether all packets of connections with a translated destination match, and that is all that it asks. */
    public static boolean isDestinationTranslated(byte[] info) {
        if (info.length < END) {
            return false;
        }
        ByteBuffer match = ByteBuffer.wrap(info).order(ByteOrder.nativeOrder());
        int flags = match.getShort(FLAGS_OFFSET);
        int inverted = match.getShort(INVERTED_OFFSET);
        return flags == BY_STATE && inverted == 0 && (match.getShort(STATES_OFFSET) & STATE_DNAT) != 0;
    }
}
