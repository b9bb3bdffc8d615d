package io.fairlead.agent;

import io.fairlead.agent.mode.Modes;
import io.fairlead.agent.mode.ServingMode;
import io.fairlead.kernel.KernelException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Once this mode serves all there is, what another mode of ours left goes: not before, so that no connection finds
 * neither.
 *
 * <p>Confined to the proxy loop's thread.
 */
final class ModeFollower implements ProxyLoop.SyncObserver {

    private static final Logger LOG = System.getLogger(ModeFollower.class.getName());

    private final ServingMode mode;
    private final ProxyLoop.SyncObserver others;
    private boolean served;

    ModeFollower(ServingMode mode, ProxyLoop.SyncObserver others) {
        this.mode = mode;
        this.others = others;
    }

    @Override
    public void stepped(SyncEngine.Step step, long queuedNanos, long stepNanos) {
        mode.stepped();
        others.stepped(step, queuedNanos, stepNanos);
        if (!served && !step.result().dirty()) {
            served = true;
            // The tools may take long, and the loop must not wait.
            Thread.ofPlatform().daemon().name("other-modes").start(this::removeOthers);
        }
    }

    private void removeOthers() {
        if (!mode.rules().servesLoopback() && Modes.areOthersThere(mode)) {
            // While their guard stands: without it the loopback network must not be routed.
            NodeTuning.endLoopbackRouting();
        }
        Modes.Cleared cleared = Modes.removeOthers(mode);
        if (!cleared.removed().isEmpty()) {
            LOG.log(
                    Level.INFO,
                    "mode {0} serves; removed of another mode: {1}",
                    mode.name(),
                    String.join(", ", cleared.removed()));
        }
        cleared.left().forEach(what -> LOG.log(Level.WARNING, "of another mode stays {0}", what));
    }

    @Override
    public void failed(KernelException error) {
        others.failed(error);
    }
}
