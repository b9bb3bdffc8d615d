package io.fairlead.test.netns;

import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.Flow;
import io.fairlead.cluster.ClusterChange;
import io.fairlead.cluster.model.ClusterObject;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.test.property.RandomCluster;
import io.fairlead.test.property.RandomFlows;
import io.fairlead.test.scenario.Client;
import io.fairlead.test.scenario.Cluster;
import io.fairlead.test.scenario.FlowRow;
import io.fairlead.test.scenario.Manifests;
import io.fairlead.test.scenario.NodeOptions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random clusters on the real kernel: real packets go where the plan says.
 *
 * <p>Confined to the test thread.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RandomClustersIT {

    private static final int SEEDS = 12;
    private static final int ROUNDS = 3;
    private static final int FLOWS = 40;
    private static final Set<Protocol> PROTOCOLS = EnumSet.of(Protocol.TCP, Protocol.UDP);

    private Topology topology;

    static Stream<Integer> seeds() {
        return IntStream.rangeClosed(1, SEEDS).boxed();
    }

    @BeforeAll
    void build() {
        topology = new Topology();
    }

    @AfterAll
    void remove() {
        topology.close();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void packetsGoWhereThePlanSays(int seed) {
        Random random = new Random(seed);
        RandomCluster world = new RandomCluster(random, PROTOCOLS);
        RandomFlows flows = new RandomFlows(random, PROTOCOLS);
        AgentPolicy policy = new NodeOptions().policy();
        // Each data plane has its share of the seeds.
        List<KernelPlane> planes = KernelPlane.here();
        KernelPlane plane = planes.get(seed % planes.size());
        try (KernelEngine engine = new KernelEngine(plane, topology, policy);
                Cluster cluster = new Cluster(Manifests.base())) {
            for (int round = 0; round < ROUNDS; round++) {
                List<ClusterChange> changes = new ArrayList<>();
                for (int i = 0; i < 15; i++) {
                    ClusterObject object = world.object();
                    changes.add(
                            random.nextInt(6) == 0
                                    ? new ClusterChange.Delete(object.kind(), object.objectName())
                                    : new ClusterChange.Upsert(object));
                }
                cluster.offer(changes);
                Cluster.News news = cluster.takeNews();
                engine.sync(news.delta(), news.snapshot());
                engine.expectFlows(rows(engine, flows, plane + ", seed " + seed + ", round " + round));
            }
        }
    }

    /** Flows with what the plan says about them, where somebody would answer. */
    private static List<FlowRow> rows(KernelEngine engine, RandomFlows flows, String where) {
        List<FlowRow> rows = new ArrayList<>();
        for (int i = 0; i < FLOWS; i++) {
            Client client = flows.client();
            Flow flow = flows.from(client);
            SortedSet<String> outcomes = engine.agent().explain(flow);
            if (client != Client.NODE_LB && !outcomes.contains(FlowRow.PASS)) {
                rows.add(new FlowRow(where, client, flow, outcomes, FlowRow.Stickiness.NONE));
            }
        }
        return rows;
    }
}
