package io.fairlead.agent;

import io.fairlead.agent.dataplane.Dataplane;
import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.plan.NodePlanDelta;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A data plane that does nothing, but when and how a test wants it.
 *
 * <p>Thread-safe.
 */
final class ScriptedDataplane implements Dataplane {

    /** How an apply ends. */
    enum Ending {
        CLEAN,
        DIRTY,
        EXCEPTION
    }

    private final BlockingQueue<String> calls = new LinkedBlockingQueue<>();
    private final BlockingQueue<Ending> endings = new LinkedBlockingQueue<>();
    private final Semaphore permits = new Semaphore(Integer.MAX_VALUE);

    /** How the next apply ends; without, it ends well. */
    ScriptedDataplane then(Ending ending) {
        endings.add(ending);
        return this;
    }

    /** Applies begin and do not end until {@link #release}. */
    void hold() {
        permits.drainPermits();
    }

    void release() {
        permits.release(Integer.MAX_VALUE - permits.availablePermits());
    }

    /** The next call, waited for: {@code restart}, or {@code apply} with the Services told of. */
    String next() throws InterruptedException {
        String call = calls.poll(10, TimeUnit.SECONDS);
        return call == null ? "no call within 10 s" : call;
    }

    /** Whether nothing was called that {@link #next} has not given. */
    boolean quiet() {
        return calls.isEmpty();
    }

    @Override
    public void restart() {
        calls.add("restart");
    }

    @Override
    public SyncResult apply(NodePlanDelta delta) {
        List<String> services = delta.services().stream()
                .map(change -> change.after().service().name())
                .toList();
        calls.add("apply " + services);
        permits.acquireUninterruptibly();
        permits.release();
        Ending ending = endings.poll();
        return switch (ending == null ? Ending.CLEAN : ending) {
            case CLEAN -> new SyncResult(1, delta.services().size(), List.of());
            case DIRTY ->
                new SyncResult(
                        2, 0, List.of(new SyncResult.Failure(IpFamily.IPV4, Optional.empty(), "as the test wants")));
            case EXCEPTION -> throw new KernelException("apply", "a test", Errno.ENOMEM, "as the test wants");
        };
    }

    @Override
    public void close() {}
}
