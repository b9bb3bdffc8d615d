package io.fairlead.agent.neighbour;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one look around found.
 *
 * <p>Immutable.
 *
 * @param running why we believe that kube-proxy runs; empty if it does not seem so
 * @param traces what it has in the kernel
 */
public record NeighbourReport(
        List<KubeProxyEvidence> running, Set<KubeProxyTrace> traces, List<ForwardFirewall> firewalls) {

    static final NeighbourReport NOTHING = new NeighbourReport(List.of(), Set.of(), List.of());

    public NeighbourReport {
        running = List.copyOf(running);
        traces = Set.copyOf(traces);
        firewalls = List.copyOf(firewalls);
    }

    /** Whether kube-proxy is gone and something of it is not. */
    public boolean hasLeftovers() {
        return running.isEmpty() && !traces.isEmpty();
    }

    /** What an operator should know, a sentence each, without what differs from look to look. */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        if (!running.isEmpty()) {
            warnings.add("kube-proxy runs on this node (" + running.getFirst()
                    + "): both write rules, and ours come first; keep it off this node,"
                    + " then 'fairlead cleanup --kube-proxy' removes its rules");
        } else if (!traces.isEmpty()) {
            warnings.add("kube-proxy left " + traceNames(traces)
                    + ", which nobody updates any more; 'fairlead cleanup --kube-proxy' removes them");
        }
        firewalls.forEach(firewall -> warnings.add(firewall.toString()));
        return warnings;
    }

    /** In the order of the enum. */
    static String traceNames(Set<KubeProxyTrace> traces) {
        return traces.stream().sorted().map(KubeProxyTrace::toString).collect(Collectors.joining(", "));
    }
}
