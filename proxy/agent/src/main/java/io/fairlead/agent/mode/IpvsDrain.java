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
import java.util.concurrent.locks.LockSupport;

/**
 * What an agent in mode ipvs left, once another mode serves: nothing new gets to it, and it goes when its connections are
 * over, with their addresses.
 *
 * <p>Confined to a thread of its own.
 */
final class IpvsDrain {

    private static final Logger LOG = System.getLogger(IpvsDrain.class.getName());
    private static final Duration LOOK = Duration.ofSeconds(2);

    private static final NodePlanDelta NOTHING =
            new NodePlanDelta(List.of(), NodePlanner.NO_SETTINGS, NodePlanner.NO_SETTINGS);

    private IpvsDrain() {}

    /** Takes everything out of service, and goes on in the background, in the network namespace of the caller. */
    static void start() {
        IpvsDataplane leaving = new IpvsDataplane(
                IpvsTables.leaving(NetlinkNft.open()), NetlinkIpvs.open(), DummyLink.open(), IpvsOptions.DEFAULT);
        SyncResult result = leaving.apply(NOTHING);
        result.failures().forEach(failure -> LOG.log(Level.WARNING, "of mode ipvs stays: {0}", failure.reason()));
        Thread.ofPlatform().daemon().name("ipvs-drain").start(() -> run(leaving));
    }

    private static void run(IpvsDataplane leaving) {
        try (leaving) {
            while (!leaving.isEmpty()) {
                LockSupport.parkNanos(LOOK.toNanos());
                clear(leaving);
            }
            RuleKind.IPVS.remove();
            LOG.log(Level.INFO, "connections of mode ipvs are over: nothing is left of it");
        } catch (KernelException e) {
            LOG.log(Level.WARNING, "of mode ipvs stays {0}: {1}", RuleKind.IPVS, e.getMessage());
        }
    }

    private static void clear(IpvsDataplane leaving) {
        try {
            leaving.clearDrained();
        } catch (KernelException e) {
            LOG.log(Level.DEBUG, "tried again: {0}", e.getMessage());
        }
    }
}
