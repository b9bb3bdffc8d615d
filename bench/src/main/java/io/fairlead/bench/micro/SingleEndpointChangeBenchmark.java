package io.fairlead.bench.micro;

import io.fairlead.agent.SyncEngine;
import io.fairlead.agent.dataplane.nftables.NftablesDataplane;
import io.fairlead.agent.plan.NodeResolver;
import io.fairlead.bench.process.ClusterSize;
import io.fairlead.bench.process.SyntheticCluster;
import io.fairlead.bench.process.TimedAgent;
import io.fairlead.cluster.ClusterChange;
import io.fairlead.cluster.ClusterDelta;
import io.fairlead.cluster.ClusterSink;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.ClusterStore;
import io.fairlead.kernel.nft.fake.FakeNftKernel;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One endpoint moves to another address: snapshot to plan to rendered elements to a fake kernel. Run it with {@code -prof
 * gc}: the bytes of a change must not grow with the cluster.
 *
 * <p>Confined to the benchmark's thread.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SingleEndpointChangeBenchmark {

    @Param({"10", "10000"})
    public int services = 10;

    private record Published(ClusterDelta delta, ClusterSnapshot snapshot) {}

    private final BlockingQueue<Published> published = new LinkedBlockingQueue<>();
    private final ClusterStore store = new ClusterStore();
    private final ClusterSink sink = store.register("bench");
    private final SyncEngine engine = new SyncEngine(
            new NftablesDataplane(new FakeNftKernel(InstantSource.system()).open(), true, _ -> {}),
            new NodeResolver(TimedAgent.policy()));
    private SyntheticCluster cluster = new SyntheticCluster(new ClusterSize(1, 1));
    private int turn;

    @Setup(Level.Trial)
    public void fill() throws InterruptedException {
        cluster = new SyntheticCluster(new ClusterSize(services, 5));
        store.subscribe((delta, snapshot) -> published.add(new Published(delta, snapshot)));
        store.start();
        cluster.forEach(object -> sink.offer(new ClusterChange.Upsert(object)));
        sink.offer(new ClusterChange.Synced());
        apply();
    }

    @TearDown(Level.Trial)
    public void close() {
        store.close();
    }

    @Benchmark
    public SyncEngine.Step change() throws InterruptedException {
        int service = turn / 2 % services;
        sink.offer(cluster.moveEndpoint(service, turn % 2 == 0));
        turn++;
        return apply();
    }

    private SyncEngine.Step apply() throws InterruptedException {
        Published next = published.take();
        return engine.apply(next.delta(), next.snapshot(), Set.of());
    }
}
