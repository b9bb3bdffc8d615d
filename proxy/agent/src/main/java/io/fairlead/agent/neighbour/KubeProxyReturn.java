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
    static final Duration WHILE = Duration.ofSeconds(3);

    private static final Duration PAUSE = Duration.ofMillis(200);

    /** What is known. */
    enum Answer {
        IN_FORCE,
        NOT_IN_FORCE,
        /** Another look may tell. */
        NOT_YET
    }

    /**
     * What one look saw.
     *
     * <p>Immutable.
     *
     * @param traces of kube-proxy in the kernel
     * @param visible whether a process of it is seen
     * @param seesTheNode whether it would be
     */
    record Look(
            Map<KubeProxyTrace, Integer> traces, KubeProxyProcesses.Sync sync, boolean visible, boolean seesTheNode) {}

    private final Map<KubeProxyTrace, Integer> first;
    /** Whether there was a sign of it, and since when. */
    private boolean signed;

    private long signNanos;

    /** @param first what there was of kube-proxy in the kernel when the question was asked */
    KubeProxyReturn(Map<KubeProxyTrace, Integer> first) {
        this.first = Map.copyOf(first);
    }

    /** Looks until it is clear, at most for {@link #LONGEST}, and not at all if there are no rules of kube-proxy. */
    public static boolean isInForce() {
        KubeProxyProcesses processes = KubeProxyProcesses.ofThisMachine();
        long end = System.nanoTime() + LONGEST.toNanos();
        try (KernelLook kernel = KernelLook.open()) {
            KubeProxyReturn asked = new KubeProxyReturn(kernel.read());
            Answer answer = asked.look(kernel, processes);
            while (answer == Answer.NOT_YET && System.nanoTime() < end) {
                LockSupport.parkNanos(PAUSE.toNanos());
                answer = asked.look(kernel, processes);
            }
            return answer == Answer.IN_FORCE;
        } catch (KernelException e) {
            LOG.log(Level.WARNING, "cannot look for kube-proxy''s rules: {0}", e.getMessage());
            return false;
        }
    }

    private Answer look(KernelLook kernel, KubeProxyProcesses processes) {
        Map<KubeProxyTrace, Integer> traces = kernel.read();
        if (traces.isEmpty()) {
            return Answer.NOT_IN_FORCE;
        }
        boolean visible = !processes.find().isEmpty();
        return judge(new Look(traces, processes.sync(), visible, processes.seesTheNode()), System.nanoTime());
    }

    /** What follows from a look, given those before it. */
    Answer judge(Look look, long now) {
        boolean sign = switch (look.sync) {
            case DONE, OF_ONE_FAMILY -> true;
            case NOT_DONE -> false;
            case UNKNOWN -> look.visible || !look.traces.equals(first);
        };
        if (look.sync == KubeProxyProcesses.Sync.DONE || sign && hasLasted(now)) {
            return Answer.IN_FORCE;
        }
        return look.visible || !look.seesTheNode ? Answer.NOT_YET : Answer.NOT_IN_FORCE;
    }

    private boolean hasLasted(long now) {
        if (!signed) {
            signed = true;
            signNanos = now;
        }
        return now - signNanos > WHILE.toNanos();
    }
}
