package io.fairlead.test.property;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.Flow;
import io.fairlead.cluster.ClusterChange;
import io.fairlead.cluster.model.ClusterObject;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.test.scenario.Cluster;
import io.fairlead.test.scenario.FakeEngine;
import io.fairlead.test.scenario.NodeOptions;
import io.fairlead.test.scenario.PlaneKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same final objects give the same plan and the same kernel state, whatever came before, in whatever order and
 * grouping, with refused transactions and replaced agents on the way; and of every flow plan and rules say the same.
 *
 * <p>Confined to the test thread.
 */
final class PathIndependenceTest {

    private static final int SEEDS = 80;
    private static final int FLOWS = 80;
    private static final Set<Protocol> PROTOCOLS = EnumSet.allOf(Protocol.class);

    static Stream<Arguments> seeds() {
        return Stream.of(PlaneKind.values())
                .flatMap(plane -> IntStream.rangeClosed(1, SEEDS).mapToObj(seed -> Arguments.of(plane, seed)));
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("seeds")
    void wayToAStateDoesNotMatter(PlaneKind plane, int seed) {
        Random random = new Random(seed);
        AgentPolicy policy = policy(random);
        RandomCluster world = new RandomCluster(random, PROTOCOLS);
        Map<ObjectKey, ClusterObject> goal = new HashMap<>();
        for (int i = 0; i < 25; i++) {
            ClusterObject object = world.object();
            goal.put(object.key(), object);
        }
        try (History straight = new History(plane, policy, 0);
                History crooked = new History(plane, policy, seed)) {
            straight.reach(goal, 1, random);
            for (int detour = 0; detour < 3; detour++) {
                Map<ObjectKey, ClusterObject> elsewhere = new HashMap<>(goal);
                for (int i = 0; i < 12; i++) {
                    ClusterObject object = world.object();
                    elsewhere.put(object.key(), object);
                }
                elsewhere.values().removeIf(_ -> random.nextInt(4) == 0);
                crooked.reach(elsewhere, 1 + random.nextInt(6), random);
                crooked.compare(new RandomFlows(random, PROTOCOLS), FLOWS / 4, seed);
            }
            crooked.reach(goal, 1 + random.nextInt(10), random);
            assertEquals(
                    straight.engine.agent().engine().planner().everything(),
                    crooked.engine.agent().engine().planner().everything(),
                    () -> "seed " + seed);
            assertEquals(
                    straight.engine.agent().engine().planner().contested(),
                    crooked.engine.agent().engine().planner().contested(),
                    () -> "seed " + seed);
            crooked.engine.expectAsFromScratch();
            crooked.compare(new RandomFlows(random, PROTOCOLS), FLOWS, seed);
            crooked.reach(Map.of(), 1 + random.nextInt(6), random);
            crooked.engine.expectClean();
        }
    }

    private static AgentPolicy policy(Random random) {
        NodeOptions options = new NodeOptions();
        String[][] choices = {
            {
                "detect-local-mode=ClusterCIDR",
                "detect-local-mode=NodeCIDR",
                "detect-local-mode=BridgeInterface",
                "detect-local-mode=InterfaceNamePrefix",
                "cluster-cidr=",
                "cluster-cidr=10.180.0.0/16"
            },
            {"masquerade-all=false", "masquerade-all=false", "masquerade-all=true"},
            {"external-ips=true", "external-ips=true", "external-ips=false"},
            {
                "nodeport-addresses=",
                "nodeport-addresses=",
                "nodeport-addresses=0.0.0.0/0,::/0",
                "nodeport-addresses=primary,192.168.99.0/24"
            },
        };
        for (String[] choice : choices) {
            options.set(choice[random.nextInt(choice.length)]);
        }
        return options.policy();
    }

    /** A cluster and an agent that follows it. */
    private static final class History implements AutoCloseable {

        private final FakeEngine engine;
        private final Cluster cluster = new Cluster(Map.of());
        private final Map<ObjectKey, ClusterObject> present = new HashMap<>();

        /** @param seed of refusals; 0 for none */
        History(PlaneKind plane, AgentPolicy policy, long seed) {
            this.engine = new FakeEngine(plane, policy, seed);
        }

        /** Goes to these objects in so many steps. */
        void reach(Map<ObjectKey, ClusterObject> goal, int steps, Random random) {
            List<ClusterChange> changes = new ArrayList<>();
            present.keySet().stream()
                    .filter(key -> !goal.containsKey(key))
                    .sorted()
                    .forEach(key -> changes.add(new ClusterChange.Delete(key.kind(), key.name())));
            goal.entrySet().stream()
                    .filter(entry -> !entry.getValue().equals(present.get(entry.getKey())))
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(entry -> changes.add(new ClusterChange.Upsert(entry.getValue())));
            Collections.shuffle(changes, random);
            int done = 0;
            for (int step = 1; step <= steps; step++) {
                int until = changes.size() * step / steps;
                cluster.offer(changes.subList(done, until));
                done = until;
                Cluster.News news = cluster.takeNews();
                if (random.nextInt(5) == 0) {
                    engine.restart(news.snapshot());
                } else {
                    engine.sync(news.delta(), news.snapshot());
                }
            }
            present.clear();
            present.putAll(goal);
        }

        /** Plan and rules say the same of random flows. */
        void compare(RandomFlows flows, int count, int seed) {
            for (int i = 0; i < count; i++) {
                Flow flow = flows.next();
                engine.expectSameAnswers(flow, "seed " + seed);
            }
        }

        @Override
        public void close() {
            engine.close();
            cluster.close();
        }
    }
}
