package io.fairlead.agent.neighbour;

import io.fairlead.kernel.KernelException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Whether kube-proxy routes this node's Services, asked by an agent that ends. Rules alone say little: they may be left
 * from long ago, and lead to Pods that are gone until kube-proxy has written them anew. Its metrics say when it has; where
 * they are not on the usual port, or another program has that, what is seen of kube-proxy must be so for a while.
 *
 * <p>Confined to the calling thread.
 */
public final class KubeProxyReturn {

    private static final Logger LOG = System.getLogger(KubeProxyReturn.class.getName());

    /** kube-proxy tries a port that is taken again every 5 s. */
    public static final Duration LONGEST = Duration.ofSeconds(15);

    /** So long after the first sign that it writes, it has written the rules of both families. */
    private static final Duration WHILE = Duration.ofSeconds(3);

    private static final Duration PAUSE = Duration.ofMillis(200);

    private final KernelLook kernel;
    private final KubeProxyProcesses processes;
    private final Map<KubeProxyTrace, Integer> first;
    /** Since when there has been a sign of it; 0 before. */
    private long signNanos;

    private KubeProxyReturn(KernelLook kernel, KubeProxyProcesses processes) {
        this.kernel = kernel;
        this.processes = processes;
        this.first = kernel.read();
    }

    /** Looks until it is clear, at most for {@link #LONGEST}, and not at all if there are no rules of kube-proxy. */
    public static boolean isInForce() {
        try (KernelLook kernel = KernelLook.open()) {
            return new KubeProxyReturn(kernel, KubeProxyProcesses.ofThisMachine()).await();
        } catch (KernelException e) {
            LOG.log(Level.WARNING, "cannot look for kube-proxy''s rules: {0}", e.getMessage());
            return false;
        }
    }

    private boolean await() {
        long end = System.nanoTime() + LONGEST.toNanos();
        while (System.nanoTime() < end) {
            Map<KubeProxyTrace, Integer> latest = kernel.read();
            if (latest.isEmpty()) {
                return false;
            }
            KubeProxyProcesses.Sync sync = processes.sync();
            boolean visible = !processes.find().isEmpty();
            boolean sign = switch (sync) {
                case DONE, OF_ONE_FAMILY -> true;
                case NOT_DONE -> false;
                case UNKNOWN -> visible || !latest.equals(first);
            };
            if (sync == KubeProxyProcesses.Sync.DONE || sign && hasLasted()) {
                return true;
            }
            if (!visible && processes.seesTheNode()) {
                return false;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        return false;
    }

    private boolean hasLasted() {
        long now = System.nanoTime();
        signNanos = signNanos == 0 ? now : signNanos;
        return now - signNanos > WHILE.toNanos();
    }
}
