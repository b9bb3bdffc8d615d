package io.fairlead.bench.process;

import io.fairlead.agent.SyncEngine;
import io.fairlead.agent.dataplane.nftables.NftablesDataplane;
import io.fairlead.agent.plan.NodeResolver;
import io.fairlead.cluster.ClusterChange;
import io.fairlead.cluster.ClusterDelta;
import io.fairlead.cluster.ClusterSink;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.ClusterStore;
import io.fairlead.kernel.nft.Nft;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Puts a cluster into the kernel where the way there is not what is measured.
 *
 * <p>Thread-safe: no state of its own.
 */
final class Tables {

    private Tables() {}

    static void fill(Nft nft, SyntheticCluster cluster) {
        NftablesDataplane dataplane = new NftablesDataplane(nft, nft.supportsOwnedPersistentTables(), _ -> {});
        SyncEngine engine = new SyncEngine(dataplane, new NodeResolver(TimedAgent.policy()));
        CompletableFuture<ClusterSnapshot> first = new CompletableFuture<>();
        try (ClusterStore store = new ClusterStore()) {
            ClusterSink sink = store.register("bench");
            store.subscribe((_, snapshot) -> first.complete(snapshot));
            store.start();
            cluster.forEach(object -> sink.offer(new ClusterChange.Upsert(object)));
            sink.offer(new ClusterChange.Synced());
            ClusterSnapshot snapshot = first.join();
            SyncEngine.Step step = engine.apply(ClusterDelta.fromEmpty(snapshot), snapshot, Set.of());
            if (step.result().dirty()) {
                throw new IllegalStateException("refused: " + step.result().failures());
            }
        }
    }

    static void empty(Nft nft) {
        NftablesDataplane.cleanup(nft);
    }
}
