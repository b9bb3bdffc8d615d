package io.fairlead.bench;

import io.fairlead.bench.process.ClusterSize;
import io.fairlead.bench.process.ColdStartProcess;
import io.fairlead.bench.process.Figures;
import io.fairlead.bench.process.SyntheticCluster;
import io.fairlead.kernel.netns.NetNs;
import java.nio.file.Path;
import java.util.List;

/**
 * Beside us: {@code nft -f} of kube-proxy's layout. Once, since it takes half a minute; only at 10,000 x 5, since its
 * cost is quadratic.
 *
 * <p>Confined to the main thread.
 */
final class Peer implements Benchmark {

    private static final int HEAP_MEGABYTES = 96;
    private static final long SECONDS_MAX = 300;

    @Override
    public String name() {
        return "peer";
    }

    @Override
    public String summary() {
        return "nft -f of kube-proxy's layout at 10,000 x 5, and our cold start in the same minute";
    }

    @Override
    public List<Row> run(Plan plan) {
        ClusterSize size = plan.tiny() ? new ClusterSize(20, 3) : new ClusterSize(10_000, 5);
        double peer = load(new SyntheticCluster(size));
        try (AotCache cache = AotCache.record(plan)) {
            Jvm jvm = plan.jvm(HEAP_MEGABYTES).with(cache.cache());
            Figures ours = Child.measure(jvm, ColdStartProcess.class, size.arguments(), SECONDS_MAX);
            return List.of(
                    Row.detail(size + ", nft -f of kube-proxy's layout", peer, "ms"),
                    Row.detail("  our cold start", ours.get("total"), "ms"),
                    Row.detail("  times faster", peer / ours.get("total"), ""));
        }
    }

    private static double load(SyntheticCluster cluster) {
        try (TemporaryFiles files = TemporaryFiles.create();
                NetNs namespace = NetNs.anonymous()) {
            Path rules = files.file("kube-proxy.nft");
            KubeProxyLayout.write(cluster, rules);
            long start = System.nanoTime();
            try (Child nft = Child.start(namespace, List.of("nft", "-f", rules.toString()))) {
                nft.join(SECONDS_MAX);
                return (System.nanoTime() - start) / 1e6;
            }
        }
    }
}
