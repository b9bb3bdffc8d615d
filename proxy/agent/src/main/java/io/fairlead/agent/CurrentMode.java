package io.fairlead.agent;

import io.fairlead.agent.config.ProxyMode;
import io.fairlead.agent.mode.ModeResult;
import io.fairlead.agent.mode.Modes;
import io.fairlead.agent.mode.ServingMode;
import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.NodeResolver;
import io.fairlead.kernel.KernelException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;

/**
 * The mode that serves, and the way to another one while the agent runs: that is opened first, the loop goes on with its
 * data plane, and what others wrote goes once all is served by the new one, so that no connection finds neither.
 *
 * <p>Thread-safe.
 */
final class CurrentMode implements AutoCloseable {

    private static final Logger LOG = System.getLogger(CurrentMode.class.getName());

    private final Modes modes;
    private final AgentPolicy policy;
    private final ProxyLoop loop;
    private final ModeFollower follower;
    private volatile ServingMode serving;
    // Guarded by this.
    /** Modes before, of which nothing was removed yet. */
    private final List<ServingMode> standing = new ArrayList<>();

    private Runnable endWatch;
    private boolean closed;

    /**
     * @param policy that does not know the mode yet
     * @param serving the mode that the loop begins with
     */
    CurrentMode(Modes modes, AgentPolicy policy, ServingMode serving, ProxyLoop loop, ModeFollower follower) {
        this.modes = modes;
        this.policy = policy;
        this.loop = loop;
        this.follower = follower;
        this.serving = serving;
        this.endWatch = serving.watch(loop::onForeignChange);
        // The tools may take long, and the loop must not wait.
        follower.onServed(mode -> Thread.ofPlatform().daemon().name("other-modes").start(() -> clearOthers(mode)));
    }

    ServingMode serving() {
        return serving;
    }

    /** Goes to another mode, if this machine has it; else this one goes on. */
    synchronized void change(ProxyMode asked) {
        if (closed) {
            return;
        }
        switch (modes.open(asked)) {
            case ModeResult.Missing(String reason) ->
                LOG.log(Level.WARNING, "mode {0} goes on: {1}", serving.name(), reason);
            case ModeResult.Opened(ServingMode next) when next.kind() == serving.kind() -> next.close();
            case ModeResult.Opened(ServingMode next) -> change(orStanding(next));
        }
    }

    /** Back to one whose rules still stand: it owns its tables. */
    private ServingMode orStanding(ServingMode opened) {
        for (ServingMode mode : standing) {
            if (mode.kind() == opened.kind()) {
                opened.close();
                return mode;
            }
        }
        return opened;
    }

    private void change(ServingMode next) {
        LOG.log(Level.INFO, "from mode {0} to {1}, {2}", serving.name(), next.name(), next.description());
        try {
            Boolean _ = loop.ask(engine -> {
                        engine.goOnWith(next.dataplane(), new NodeResolver(policy.servedBy(next.rules())));
                        follower.began(next);
                        return true;
                    })
                    .join();
        } catch (CompletionException e) {
            // The agent is stopping.
            next.close();
            return;
        }
        standing.remove(next);
        standing.add(serving);
        serving = next;
        // What the new one does to shared tables must not be taken for somebody else's doing.
        endWatch.run();
        endWatch = next.watch(loop::onForeignChange);
        loop.onForeignChange();
    }

    /** All is served by this mode. */
    private synchronized void clearOthers(ServingMode served) {
        if (served != serving) {
            return;
        }
        if (!served.rules().servesLoopback() && Modes.areOthersThere(served)) {
            // While their guard stands: without it the loopback network must not be routed.
            NodeTuning.endLoopbackRouting();
        }
        standing.forEach(CurrentMode::retire);
        standing.clear();
        Modes.Cleared cleared = Modes.removeOthers(served);
        if (!cleared.removed().isEmpty()) {
            LOG.log(
                    Level.INFO,
                    "mode {0} serves; removed of another mode: {1}",
                    served.name(),
                    String.join(", ", cleared.removed()));
        }
        cleared.left().forEach(what -> LOG.log(Level.WARNING, "of another mode stays {0}", what));
    }

    private static void retire(ServingMode mode) {
        try {
            mode.retire();
            LOG.log(Level.INFO, "mode {0} has ended", mode.name());
        } catch (KernelException e) {
            LOG.log(Level.WARNING, "of mode {0} something stays: {1}", mode.name(), e.getMessage());
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        endWatch.run();
    }
}
