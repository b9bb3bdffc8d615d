package io.fairlead.agent.mode;

import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.dataplane.ipvs.DummyLink;
import io.fairlead.agent.dataplane.ipvs.IpvsDataplane;
import io.fairlead.agent.dataplane.ipvs.IpvsOptions;
import io.fairlead.agent.dataplane.nftables.IpvsTables;
import io.fairlead.agent.plan.NodePlanDelta;
import io.fairlead.agent.plan.NodePlanner;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.ipvs.NetlinkIpvs;
import io.fairlead.kernel.nft.NetlinkNft;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What an agent in mode ipvs left, once another mode serves: nothing new gets to it, and it goes when its connections are
 * over, with their addresses. There is one at a time, which ends when mode ipvs comes back.
 *
 * <p>Thread-safe.
 */
final class IpvsDrain {

    private static final Logger LOG = System.getLogger(IpvsDrain.class.getName());
    private static final Duration LOOK = Duration.ofSeconds(2);

    private static final NodePlanDelta NOTHING =
            new NodePlanDelta(List.of(), NodePlanner.NO_SETTINGS, NodePlanner.NO_SETTINGS);

    /** Guarded by the class. */
    private static @Nullable IpvsDrain running;

    private final IpvsDataplane leaving;
    private final CountDownLatch end = new CountDownLatch(1);
    private final Thread thread;

    private IpvsDrain(IpvsDataplane leaving) {
        this.leaving = leaving;
        this.thread = Thread.ofPlatform().daemon().name("ipvs-drain").unstarted(this::run);
    }

    /** Takes everything out of service, and goes on in the background, in the network namespace of the caller. */
    static synchronized void start() {
        if (running != null && running.thread.isAlive()) {
            return;
        }
        NetlinkNft nft = NetlinkNft.open();
        IpvsDataplane leaving = new IpvsDataplane(
                IpvsTables.leaving(nft, nft.supportsOwnedPersistentTables()),
                NetlinkIpvs.open(),
                DummyLink.open(),
                IpvsOptions.DEFAULT);
        SyncResult result = leaving.apply(NOTHING);
        result.failures().forEach(failure -> LOG.log(Level.WARNING, "of mode ipvs stays: {0}", failure.reason()));
        running = new IpvsDrain(leaving);
        running.thread.start();
    }

    /** Leaves what is there to mode ipvs, which serves again. */
    static synchronized void stop() {
        if (running == null) {
            return;
        }
        running.end.countDown();
        try {
            running.thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        running = null;
    }

    private void run() {
        boolean stopped = false;
        try {
            // Tables that are owned are removed by others once their owner is gone.
            try (leaving) {
                while (!stopped && !leaving.isEmpty()) {
                    stopped = end.await(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                    clear();
                }
            }
            if (!stopped) {
                RuleKind.IPVS.remove();
                LOG.log(Level.INFO, "connections of mode ipvs are over: nothing is left of it");
            }
        } catch (KernelException e) {
            LOG.log(Level.WARNING, "of mode ipvs stays {0}: {1}", RuleKind.IPVS, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void clear() {
        try {
            leaving.clearDrained();
        } catch (KernelException e) {
            LOG.log(Level.DEBUG, "tried again: {0}", e.getMessage());
        }
    }
}
