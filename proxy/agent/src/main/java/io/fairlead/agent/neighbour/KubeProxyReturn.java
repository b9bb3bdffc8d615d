package io.fairlead.agent.neighbour;

import io.fairlead.kernel.KernelException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Whether kube-proxy routes this node's Services, asked by an agent that ends. Rules alone say little: they may be left
 * from long ago. In a container that does not see the processes of the node, kube-proxy shows by its page that it runs,
 * which it tries to serve every 5 s as long as another program has the port.
 *
 * <p>Confined to the calling thread.
 */
public final class KubeProxyReturn {

    private static final Logger LOG = System.getLogger(KubeProxyReturn.class.getName());

    /** With a look's own time-out, a bit more than two attempts of kube-proxy to serve its page. */
    public static final Duration LONGEST = Duration.ofSeconds(11);

    private static final Duration PAUSE = Duration.ofMillis(200);

    private KubeProxyReturn() {}

    /**
     * Looks until it is clear, at most for {@link #LONGEST}, and not at all if there are no rules of kube-proxy.
     *
     * @param before what was found while the agent ran
     */
    public static boolean isInForce(NeighbourReport before) {
        try (KernelLook kernel = KernelLook.open()) {
            return isInForce(before, kernel, KubeProxyProcesses.ofThisMachine());
        } catch (KernelException e) {
            LOG.log(Level.WARNING, "cannot look for kube-proxy''s rules: {0}", e.getMessage());
            return false;
        }
    }

    private static boolean isInForce(NeighbourReport before, KernelLook kernel, KubeProxyProcesses processes) {
        long end = System.nanoTime() + LONGEST.toNanos();
        Map<KubeProxyTrace, Integer> first = kernel.read();
        Map<KubeProxyTrace, Integer> latest = first;
        boolean running = !before.running().isEmpty();
        while (!latest.isEmpty() && !running && System.nanoTime() < end) {
            List<KubeProxyEvidence> evidence = processes.find();
            latest = kernel.read();
            running = !evidence.isEmpty() || !latest.equals(first);
            if (running || processes.seesTheNode()) {
                break;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        return running && !latest.isEmpty();
    }
}
