package io.fairlead.agent;

import io.fairlead.agent.mode.RuleKind;
import io.fairlead.agent.neighbour.KubeProxyEvidence;
import io.fairlead.agent.neighbour.KubeProxyLeftovers;
import io.fairlead.agent.neighbour.KubeProxyTrace;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.Sysctl;
import java.io.PrintStream;
import java.util.List;
import java.util.Set;

/**
 * {@code fairlead cleanup --kube-proxy}.
 *
 * <p>Confined to the main thread.
 */
final class KubeProxyCleanup {

    private static final Sysctl ROUTE_LOCALNET = new Sysctl("net/ipv4/conf/all/route_localnet");

    private final PrintStream out;
    private final PrintStream err;

    KubeProxyCleanup(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Whether kube-proxy's rules of mode iptables are there, which serve NodePorts on 127.0.0.1. */
    static boolean needsLoopbackRouting() {
        Set<KubeProxyTrace> traces = KubeProxyLeftovers.traces();
        return traces.contains(KubeProxyTrace.IPTABLES_NFT) || traces.contains(KubeProxyTrace.IPTABLES_LEGACY);
    }

    /** @return the exit code: 1 if kube-proxy runs, or something of it could not be removed */
    int run() {
        try {
            List<KubeProxyEvidence> running = KubeProxyLeftovers.running();
            if (!running.isEmpty()) {
                err.println("error: kube-proxy runs on this node (" + running.getFirst()
                        + ") and would write its rules again; stop it first");
                return 1;
            }
            boolean localNodePorts = needsLoopbackRouting();
            KubeProxyLeftovers.Removal removal = KubeProxyLeftovers.remove();
            removal.removed().forEach(what -> out.println("removed: " + what));
            removal.left().forEach(what -> out.println("left: " + what));
            if (removal.removed().isEmpty() && removal.left().isEmpty()) {
                out.println("nothing to remove");
            }
            advise(localNodePorts);
            return removal.left().isEmpty() ? 0 : 1;
        } catch (KernelException e) {
            err.println("error: " + e.getMessage());
            return ProxyMain.EXIT_UNAVAILABLE;
        }
    }

    /** What the operator should know, with kube-proxy's rules gone. */
    private void advise(boolean localNodePorts) {
        if (!KubeProxyLeftovers.seesProcesses()) {
            out.println("note: processes of this node are not visible here (hostPID); kube-proxy must not run");
        }
        if (!RuleKind.isAnyThere()) {
            out.println("note: Fairlead has no rules on this node: nothing routes Services here");
            if (localNodePorts && ROUTE_LOCALNET.read().equals(new Sysctl.Value("1"))) {
                out.println("note: net.ipv4.conf.all.route_localnet stays 1, as does its guard KUBE-FIREWALL;"
                        + " set it to 0 if nothing else on this node needs it");
            }
        }
        KubeProxyLeftovers.firewalls().forEach(firewall -> out.println("warning: " + firewall));
    }
}
