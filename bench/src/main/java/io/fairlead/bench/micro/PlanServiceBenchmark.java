package io.fairlead.bench.micro;

import io.fairlead.agent.plan.LocalPods;
import io.fairlead.agent.plan.NodeFacts;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.agent.plan.ServicePlanner;
import io.fairlead.bench.process.ClusterSize;
import io.fairlead.bench.process.SyntheticCluster;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.cluster.model.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Planning one Service.
 *
 * <p>Confined to the benchmark's thread.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PlanServiceBenchmark {

    @Param({"5", "250"})
    public int endpoints = 5;

    private final List<Service> services = new ArrayList<>();
    private final List<EndpointSlice> slices = new ArrayList<>();
    private final NodeFacts node = new NodeFacts(
            SyntheticCluster.NODE,
            "zone-a",
            List.of(),
            new LocalPods.BySource(List.of(IpPrefix.parse(SyntheticCluster.POD_RANGE))),
            false,
            true);

    @Setup
    public void makeCluster() {
        new SyntheticCluster(new ClusterSize(1, endpoints)).forEach(object -> {
            if (object instanceof Service service) {
                services.add(service);
            } else if (object instanceof EndpointSlice slice) {
                slices.add(slice);
            }
        });
    }

    @Benchmark
    public ServicePlan plan() {
        return ServicePlanner.plan(services.getFirst(), slices, node);
    }
}
