package io.fairlead.agent;

import io.fairlead.agent.mode.ServingMode;
import io.fairlead.kernel.KernelException;
import java.util.function.Consumer;

/**
 * Tells the mode that serves of each step, and says once that all is served by it.
 *
 * <p>Confined to the proxy loop's thread, once that runs.
 */
final class ModeFollower implements ProxyLoop.SyncObserver {

    private final ProxyLoop.SyncObserver others;
    private ServingMode mode;
    private Consumer<ServingMode> onServed = _ -> {};
    private boolean served;

    /** @param mode that the loop begins with */
    ModeFollower(ServingMode mode, ProxyLoop.SyncObserver others) {
        this.mode = mode;
        this.others = others;
    }

    /** @param listener told of a mode once all there is was written in it, and must not wait */
    void onServed(Consumer<ServingMode> listener) {
        onServed = listener;
    }

    /** Another mode begins, and has served nothing yet. */
    void began(ServingMode next) {
        mode = next;
        served = false;
    }

    @Override
    public void stepped(SyncEngine.Step step, long queuedNanos, long stepNanos) {
        mode.stepped();
        others.stepped(step, queuedNanos, stepNanos);
        if (!served && !step.result().dirty()) {
            served = true;
            onServed.accept(mode);
        }
    }

    @Override
    public void failed(KernelException error) {
        others.failed(error);
    }
}
