package io.fairlead.agent;

import io.fairlead.agent.mode.ServingMode;
import io.fairlead.kernel.KernelException;

/**
 * Tells the mode that serves of each step, and says once that all is served by it.
 *
 * <p>Confined to the proxy loop's thread, once that runs.
 */
final class ModeFollower implements ProxyLoop.SyncObserver {

    private final ProxyLoop.SyncObserver others;
    private Runnable afterStep = () -> {};
    private Runnable onServed = () -> {};
    private boolean served;

    ModeFollower(ProxyLoop.SyncObserver others) {
        this.others = others;
    }

    /**
     * A mode begins, and has served nothing yet.
     *
     * @param whenServed told once all there is was written in it, and must not wait
     */
    void began(ServingMode mode, Runnable whenServed) {
        afterStep = mode::stepped;
        onServed = whenServed;
        served = false;
    }

    @Override
    public void stepped(SyncEngine.Step step, long queuedNanos, long stepNanos) {
        afterStep.run();
        others.stepped(step, queuedNanos, stepNanos);
        if (!served && !step.result().dirty()) {
            served = true;
            onServed.run();
        }
    }

    @Override
    public void failed(KernelException error) {
        others.failed(error);
    }
}
