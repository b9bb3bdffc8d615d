package io.fairlead.agent;

import io.fairlead.agent.mode.Modes;
import io.fairlead.agent.mode.ServingMode;
import io.fairlead.kernel.KernelException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * Once this mode serves all there is, what another mode of ours left goes: not before, so that no connection finds
 * neither.
 *
 * <p>Confined to the proxy loop's thread.
 */
final class ModeFollower implements ProxyLoop.SyncObserver {

    private static final Logger LOG = System.getLogger(ModeFollower.class.getName());

    private final ProxyLoop.SyncObserver others;
    private ServingMode mode;
    /** The one before in this process, until it is cleared away. */
    private @Nullable ServingMode before;

    private boolean served;

    ModeFollower(ServingMode mode, ProxyLoop.SyncObserver others) {
        this.mode = mode;
        this.others = others;
    }

    /** Another mode begins, and has served nothing yet. */
    void began(ServingMode next, ServingMode last) {
        // Who went away before he served left the same as the one before him.
        before = last;
        mode = next;
        served = false;
    }

    @Override
    public void stepped(SyncEngine.Step step, long queuedNanos, long stepNanos) {
        mode.stepped();
        others.stepped(step, queuedNanos, stepNanos);
        if (!served && !step.result().dirty()) {
            served = true;
            ServingMode now = mode;
            ServingMode last = before;
            before = null;
            // The tools may take long, and the loop must not wait.
            Thread.ofPlatform().daemon().name("other-modes").start(() -> removeOthers(now, last));
        }
    }

    private static void removeOthers(ServingMode mode, @Nullable ServingMode last) {
        if (!mode.rules().servesLoopback() && Modes.areOthersThere(mode)) {
            // While their guard stands: without it the loopback network must not be routed.
            NodeTuning.endLoopbackRouting();
        }
        if (last != null) {
            retire(last);
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

    private static void retire(ServingMode last) {
        try {
            last.retire();
            LOG.log(Level.INFO, "mode {0} has ended", last.name());
        } catch (KernelException e) {
            LOG.log(Level.WARNING, "of mode {0} something stays: {1}", last.name(), e.getMessage());
        }
    }

    @Override
    public void failed(KernelException error) {
        others.failed(error);
    }
}
