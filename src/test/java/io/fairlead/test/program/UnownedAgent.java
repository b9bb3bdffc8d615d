package io.fairlead.test.program;

import io.fairlead.agent.ProxyLoop;
import io.fairlead.agent.SyncEngine;
import io.fairlead.agent.dataplane.nftables.NftablesDataplane;
import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.NodeResolver;
import io.fairlead.cluster.ClusterStore;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.source.ManifestSource;
import io.fairlead.cluster.source.SourceScope;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.nft.NetlinkNft;
import io.fairlead.kernel.nft.NftMonitor;
import io.fairlead.test.scenario.NodeOptions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An agent inside this process whose tables are not owned, as on a kernel before 6.9: wired as the program is there,
 * which no option asks for on a newer kernel.
 *
 * <p>Thread-safe.
 */
final class UnownedAgent implements AutoCloseable {

    private static final Duration MIN_SYNC = Duration.ofMillis(10);
    private static final Duration MAX_SYNC = Duration.ofHours(1);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final AtomicLong steps = new AtomicLong();
    private final ClusterStore store = new ClusterStore();
    private final NetlinkNft nft;
    private final ProxyLoop loop;
    private final NftMonitor monitor;
    private final ManifestSource source;

    private UnownedAgent(SampleNode node) {
        AgentPolicy policy = new NodeOptions().policy();
        this.nft = NetlinkNft.open();
        NftablesDataplane dataplane = new NftablesDataplane(nft, false, _ -> {});
        this.loop = new ProxyLoop(new SyncEngine(dataplane, new NodeResolver(policy)), MIN_SYNC, MAX_SYNC, RETRY);
        this.monitor = NftMonitor.open(NftablesDataplane.TABLE, nft.portId(), loop::onForeignChange);
        this.source = new ManifestSource(
                node.manifests(), SourceScope.ofNode(policy.nodeName()), store.register("manifests"));
        loop.start(new Steps());
        Thread.ofPlatform().daemon().name("nft-monitor").start(monitor);
        loop.onAddresses(Set.of(IpAddress.parse(SampleNode.NODE_ADDRESS)));
        store.subscribe(loop);
        source.start();
        store.start();
    }

    /** Starts it on the node. */
    static UnownedAgent start(SampleNode node) {
        return node.namespace().run(() -> new UnownedAgent(node));
    }

    /** How often all was well in the kernel after a step. */
    long steps() {
        return steps.get();
    }

    /** Counts. Confined to the loop's thread. */
    private final class Steps implements ProxyLoop.SyncObserver {

        @Override
        public void stepped(SyncEngine.Step step, long queuedNanos, long stepNanos) {
            if (!step.result().dirty()) {
                steps.incrementAndGet();
            }
        }

        @Override
        public void failed(KernelException error) {
            // It tries again, or the test misses the repair.
        }
    }

    @Override
    public void close() {
        source.close();
        store.close();
        monitor.close();
        loop.close();
        nft.close();
    }
}
