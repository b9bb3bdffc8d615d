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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The mode that serves, and the way to another one while the agent runs: that is opened first, the loop goes on with its
 * data plane, and what others wrote goes once all is served by the new one, so that no connection finds neither. One that
 * does not come to serve all gives way to the one before, whose rules nobody touched.
 *
 * <p>Thread-safe, but one thread at a time may ask for another mode.
 */
final class CurrentMode implements AutoCloseable {

    private static final Logger LOG = System.getLogger(CurrentMode.class.getName());

    private final Function<ProxyMode, ModeResult> modes;
    private final AgentPolicy policy;
    private final ProxyLoop loop;
    private final ModeFollower follower;
    private final AgentEvents events;
    private final Duration longest;
    private volatile ServingMode serving;
    // Guarded by this.
    private Runnable endWatch;
    private boolean closed;

    /**
     * @param modes opens one
     * @param policy that does not know the mode yet
     * @param serving the mode that the loop begins with
     * @param longest time in which another mode has to serve all
     */
    CurrentMode(
            Function<ProxyMode, ModeResult> modes,
            AgentPolicy policy,
            ServingMode serving,
            ProxyLoop loop,
            ModeFollower follower,
            AgentEvents events,
            Duration longest) {
        this.modes = modes;
        this.policy = policy;
        this.loop = loop;
        this.follower = follower;
        this.events = events;
        this.longest = longest;
        this.serving = serving;
        this.endWatch = serving.watch(loop::onForeignChange);
        // The tools may take long, and the loop must not wait.
        follower.began(
                serving,
                () -> Thread.ofPlatform().daemon().name("other-modes").start(() -> removeOthers(serving, List.of())));
    }

    ServingMode serving() {
        return serving;
    }

    /** Goes to another mode, if this machine has it and it comes to serve all; else this one goes on. */
    void change(ProxyMode asked) {
        try {
            switch (modes.apply(asked)) {
                case ModeResult.Missing(String reason) -> refused(serving, reason);
                case ModeResult.Opened(ServingMode next) when next.kind() == serving.kind() -> next.close();
                case ModeResult.Opened(ServingMode next) -> change(next);
            }
        } catch (KernelException e) {
            refused(serving, String.valueOf(e.getMessage()));
        }
    }

    private void change(ServingMode next) {
        ServingMode before = serving;
        LOG.log(Level.INFO, "from mode {0} to {1}, {2}", before.name(), next.name(), next.description());
        try {
            if (goOnWith(next)) {
                removeOthers(next, List.of(before));
                events.modeChanged(before.name(), next.name(), Instant.now());
            } else {
                refused(before, "mode " + next.name() + " did not come to serve all");
                boolean _ = goOnWith(before);
                retire(next);
            }
        } catch (CompletionException e) {
            LOG.log(Level.DEBUG, "the agent stops on the way to mode {0}: {1}", next.name(), e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * @return whether all is served by it
     * @throws CompletionException if the agent is stopping
     */
    private boolean goOnWith(ServingMode next) throws InterruptedException {
        CountDownLatch served = new CountDownLatch(1);
        try {
            begin(next, served::countDown);
        } catch (KernelException e) {
            LOG.log(Level.WARNING, "mode {0} cannot see what others change: {1}", next.name(), e.getMessage());
            return false;
        }
        loop.onForeignChange();
        return served.await(longest.toMillis(), TimeUnit.MILLISECONDS);
    }

    private synchronized void begin(ServingMode next, Runnable whenServed) {
        Boolean _ = loop.ask(engine -> {
                    engine.goOnWith(next.dataplane(), new NodeResolver(policy.servedBy(next.rules())));
                    follower.began(next, whenServed);
                    return true;
                })
                .join();
        serving = next;
        endWatch.run();
        endWatch = () -> {};
        if (!closed) {
            endWatch = next.watch(loop::onForeignChange);
        }
    }

    private void refused(ServingMode goingOn, String reason) {
        LOG.log(Level.WARNING, "mode {0} goes on: {1}", goingOn.name(), reason);
        events.modeRefused(goingOn.name(), reason);
    }

    /**
     * All is served by this mode; unless another one has begun meanwhile, which then does this.
     *
     * @param before what this process has open of them
     */
    private synchronized void removeOthers(ServingMode served, List<ServingMode> before) {
        if (served.kind() != serving.kind()) {
            return;
        }
        if (!served.rules().servesLoopback() && Modes.areOthersThere(served)) {
            // While their guard stands: without it the loopback network must not be routed.
            NodeTuning.endLoopbackRouting();
        }
        before.forEach(CurrentMode::retire);
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
