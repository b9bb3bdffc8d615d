package io.fairlead.agent.config;

import io.fairlead.runtime.options.Arguments;
import io.fairlead.runtime.options.Option;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A parameter of the kernel or of this process that kube-proxy sets at its start.
 *
 * <p>Immutable.
 *
 * @param file with its whole path
 * @param onlyRaised whether a larger value stays
 * @param asked whether the operator wrote it, rather than kube-proxy's default
 */
public record NodeParameter(String file, long value, boolean onlyRaised, boolean asked) {

    private static final String NETFILTER = "/proc/sys/net/netfilter/";

    /** kube-proxy 1.36 goes no further by itself, since each entry costs memory. */
    private static final long SCALED_MAX = 1 << 20;

    /** Entries of conntrack for each slot of its hash table (kube-proxy's choice; the kernel's own is 1 to 8). */
    private static final int ENTRIES_PER_SLOT = 4;

    /**
     * What the words given ask for, in the order in which it is to be set.
     *
     * @param processors of this machine, whatever share of them this process may use
     */
    public static List<NodeParameter> of(Arguments arguments, int processors) {
        List<NodeParameter> parameters = new ArrayList<>();
        long max = conntrackMax(
                arguments.value(NodeFlags.CONNTRACK_PER_CORE), arguments.value(NodeFlags.CONNTRACK_MIN), processors);
        if (max > 0) {
            boolean asked =
                    arguments.isGiven(NodeFlags.CONNTRACK_PER_CORE) || arguments.isGiven(NodeFlags.CONNTRACK_MIN);
            parameters.add(new NodeParameter(NETFILTER + "nf_conntrack_max", max, true, asked));
            parameters.add(new NodeParameter(
                    "/sys/module/nf_conntrack/parameters/hashsize", max / ENTRIES_PER_SLOT, true, asked));
        }
        addSeconds(arguments, NodeFlags.TCP_ESTABLISHED, "nf_conntrack_tcp_timeout_established", parameters);
        addSeconds(arguments, NodeFlags.TCP_CLOSE_WAIT, "nf_conntrack_tcp_timeout_close_wait", parameters);
        if (arguments.value(NodeFlags.TCP_BE_LIBERAL)) {
            parameters.add(new NodeParameter(NETFILTER + "nf_conntrack_tcp_be_liberal", 1, false, true));
        }
        addSeconds(arguments, NodeFlags.UDP, "nf_conntrack_udp_timeout", parameters);
        addSeconds(arguments, NodeFlags.UDP_STREAM, "nf_conntrack_udp_timeout_stream", parameters);
        parameters.add(new NodeParameter(
                "/proc/self/oom_score_adj",
                arguments.value(NodeFlags.OOM_SCORE),
                false,
                arguments.isGiven(NodeFlags.OOM_SCORE)));
        return parameters;
    }

    private static long conntrackMax(int perCore, int min, int processors) {
        return perCore == 0 ? 0 : Math.max(min, Math.min((long) perCore * processors, SCALED_MAX));
    }

    private static void addSeconds(
            Arguments arguments, Option<Duration> option, String name, List<NodeParameter> parameters) {
        long seconds = arguments.value(option).toSeconds();
        if (seconds > 0) {
            parameters.add(new NodeParameter(NETFILTER + name, seconds, false, arguments.isGiven(option)));
        }
    }

    /** Whether a value found there may stay. */
    public boolean isMetBy(long found) {
        return onlyRaised ? found >= value : found == value;
    }
}
