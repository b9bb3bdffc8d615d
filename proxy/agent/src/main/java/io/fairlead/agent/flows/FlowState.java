package io.fairlead.agent.flows;

import io.fairlead.cluster.model.Protocol;
import java.util.List;

/**
 * The state of a flow in words.
 *
 * <p>Immutable: pure functions.
 */
final class FlowState {

    /** In the order of enum tcp_conntrack, linux/netfilter/nf_conntrack_tcp.h. */
    private static final List<String> TCP = List.of(
            "none",
            "syn-sent",
            "syn-received",
            "established",
            "fin-wait",
            "close-wait",
            "last-ack",
            "time-wait",
            "closed",
            "syn-sent-2");

    /** In the order of enum sctp_conntrack, linux/netfilter/nf_conntrack_sctp.h. */
    private static final List<String> SCTP = List.of(
            "none",
            "closed",
            "cookie-wait",
            "cookie-echoed",
            "established",
            "shutdown-sent",
            "shutdown-received",
            "shutdown-ack-sent",
            "heartbeat-sent");

    /** IPS_SEEN_REPLY, linux/netfilter/nf_conntrack_common.h. */
    private static final int SEEN_REPLY = 1 << 1;

    private FlowState() {}

    static String text(Protocol protocol, int state, int status) {
        return switch (protocol) {
            case TCP -> word(TCP, state);
            case SCTP -> word(SCTP, state);
            case UDP -> (status & SEEN_REPLY) != 0 ? "answered" : "unanswered";
        };
    }

    private static String word(List<String> words, int state) {
        return state < words.size() ? words.get(state) : "state " + state;
    }
}
