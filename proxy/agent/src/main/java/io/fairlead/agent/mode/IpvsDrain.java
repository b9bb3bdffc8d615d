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

    private final NetlinkNft nft;
    private final IpvsDataplane leaving;
    private final CountDownLatch end = new CountDownLatch(1);
    private final Thread thread;

    private IpvsDrain(NetlinkNft nft, IpvsDataplane leaving) {
        this.nft = nft;
        this.leaving = leaving;
        this.thread = Thread.ofPlatform().daemon().name("ipvs-drain").unstarted(this::run);
    }

    /** Takes everything out of service, and goes on in the background, in the network namespace of the caller. */
    static synchronized void start() {
        if (running == null || !running.thread.isAlive()) {
            start(NetlinkNft.open(), NetlinkIpvs.open(), DummyLink.open());
        }
    }

    /**
     * The same by whoever served so far.
     *
     * @param nft that owns the tables; a socket that was just closed may own them for a moment, as long as a process that
     *     is being started has it, too
     */
    static synchronized void start(NetlinkNft nft, NetlinkIpvs ipvs, DummyLink link) {
        IpvsDataplane leaving = new IpvsDataplane(
                IpvsTables.leaving(nft, nft.supportsOwnedPersistentTables()), ipvs, link, IpvsOptions.DEFAULT);
        SyncResult result = leaving.apply(NOTHING);
        result.failures().forEach(failure -> LOG.log(Level.WARNING, "of mode ipvs stays: {0}", failure.reason()));
        running = new IpvsDrain(nft, leaving);
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
        try (leaving) {
            while (!leaving.isEmpty()) {
                if (end.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
                clear();
            }
            // Tables that are owned nobody else can remove.
            boolean _ = IpvsTables.cleanup(nft);
            RuleKind.IPVS.remove();
            LOG.log(Level.INFO, "connections of mode ipvs are over: nothing is left of it");
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
