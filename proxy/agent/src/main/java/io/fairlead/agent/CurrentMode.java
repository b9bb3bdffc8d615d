package io.fairlead.agent;

import io.fairlead.agent.config.ProxyMode;
import io.fairlead.agent.mode.ModeResult;
import io.fairlead.agent.mode.Modes;
import io.fairlead.agent.mode.ServingMode;
import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.NodeResolver;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletionException;

/**
 * The mode that serves, and the way to another one while the agent runs: that is opened first, the loop goes on with its
 * data plane, and the one before goes once all is served by the new one.
 *
 * <p>Thread-safe.
 */
final class CurrentMode implements AutoCloseable {

    private static final Logger LOG = System.getLogger(CurrentMode.class.getName());

    private final Modes modes;
    private final AgentPolicy policy;
    private final ProxyLoop loop;
    private final ModeFollower follower;
    // Guarded by this.
    private ServingMode serving;
    private Runnable endWatch;
    private boolean closed;

    /**
     * @param policy that does not know the mode yet
     * @param serving the mode that the loop began with
     */
    CurrentMode(Modes modes, AgentPolicy policy, ServingMode serving, ProxyLoop loop, ModeFollower follower) {
        this.modes = modes;
        this.policy = policy;
        this.loop = loop;
        this.follower = follower;
        this.serving = serving;
        this.endWatch = serving.watch(loop::onForeignChange);
    }

    synchronized ServingMode serving() {
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
            case ModeResult.Opened(ServingMode next) -> change(next);
        }
    }

    private void change(ServingMode next) {
        LOG.log(Level.INFO, "from mode {0} to {1}, {2}", serving.name(), next.name(), next.description());
        ServingMode before = serving;
        Runnable endWatchBefore = endWatch;
        try {
            Boolean _ = loop.ask(engine -> {
                        engine.goOnWith(next.dataplane(), new NodeResolver(policy.servedBy(next.rules())));
                        follower.began(next, before);
                        return true;
                    })
                    .join();
        } catch (CompletionException e) {
            // The agent is stopping.
            next.close();
            return;
        }
        serving = next;
        // What the new one does to shared tables must not be taken for somebody else's doing.
        endWatchBefore.run();
        endWatch = next.watch(loop::onForeignChange);
        loop.onForeignChange();
    }

    @Override
    public synchronized void close() {
        closed = true;
        endWatch.run();
    }
}
