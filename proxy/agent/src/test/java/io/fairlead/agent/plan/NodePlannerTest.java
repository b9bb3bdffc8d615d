package io.fairlead.agent.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.TestCluster;
import io.fairlead.agent.plan.NodePlanDelta.ServiceChange;
import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ClusterObject;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.cluster.model.Service;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Who owns which address, objects set aside, and incremental planning against planning from scratch.
 *
 * <p>Confined to the test thread.
 */
class NodePlannerTest {

    private static final FrontendKey SHARED = key("5.6.7.8", 80);

    private static FrontendKey key(String address, int port) {
        return new FrontendKey(IpAddress.parse(address), port, Protocol.TCP);
    }

    private static ObjectName name(String name) {
        return new ObjectName("default", name);
    }

    private static Service loadBalancer(String name, String clusterIp) {
        return Plans.service(name, clusterIp).loadBalancer("5.6.7.8").build();
    }

    private static NodePlanDelta update(NodePlanner planner, TestCluster.Update update) {
        return planner.update(update.delta().services(), update.snapshot(), Plans.NODE, Plans.SETTINGS);
    }

    private static String owner(NodePlanner planner, FrontendKey key) {
        return planner.owner(key).map(frontend -> frontend.port().toString()).orElse("nobody");
    }

    /** The frontends that data planes are told of, by Service. */
    private static String frontends(NodePlanner planner, String service) {
        return planner.effectivePlan(name(service)).ports().stream()
                .flatMap(port -> port.frontends().stream())
                .map(frontend -> frontend.kind() + " " + frontend.key())
                .collect(Collectors.joining(", "));
    }

    @Test
    void sameOwnerInAnyOrder() {
        List<Service> claimants = new ArrayList<>(List.of(
                Plans.service("a", "172.30.0.1").externalIp("5.6.7.8").build(),
                loadBalancer("b", "172.30.0.2"),
                loadBalancer("c", "172.30.0.3")));
        for (long seed = 1; seed <= 20; seed++) {
            Random random = new Random(seed);
            Collections.shuffle(claimants, random);
            try (TestCluster cluster = new TestCluster()) {
                NodePlanner planner = new NodePlanner();
                for (Service service : claimants) {
                    cluster.put(service);
                    if (random.nextBoolean()) {
                        update(planner, cluster.fetch());
                    }
                }
                update(planner, cluster.fetch());
                String order = "seed " + seed;
                assertEquals("default/b:http/tcp", owner(planner, SHARED), order);
                assertEquals(
                        "[default/b:http/tcp, default/c:http/tcp, default/a:http/tcp]",
                        planner.contested().getOrDefault(SHARED, List.of()).stream()
                                .map(Frontend::port)
                                .toList()
                                .toString(),
                        order);
                assertEquals("ClusterIP 172.30.0.1:80/tcp", frontends(planner, "a"), order);
                assertEquals("ClusterIP 172.30.0.2:80/tcp, LoadBalancer 5.6.7.8:80/tcp", frontends(planner, "b"));
            }
        }
    }

    @Test
    void loserGetsTheAddressWhenTheOwnerLeaves() {
        try (TestCluster cluster = new TestCluster(loadBalancer("b", "172.30.0.2"), loadBalancer("c", "172.30.0.3"))) {
            NodePlanner planner = new NodePlanner();
            update(planner, cluster.fetch());
            assertEquals("ClusterIP 172.30.0.3:80/tcp", frontends(planner, "c"));
            NodePlanDelta delta = update(
                    planner, cluster.delete(loadBalancer("b", "172.30.0.2")).fetch());
            assertEquals(
                    "[default/b, default/c]", services(delta), "the loser's plan changed though it was not touched");
            assertEquals("ClusterIP 172.30.0.3:80/tcp, LoadBalancer 5.6.7.8:80/tcp", frontends(planner, "c"));
            assertEquals(Map.of(), planner.contested());
            delta = update(planner, cluster.put(loadBalancer("a", "172.30.0.1")).fetch());
            assertEquals("[default/a, default/c]", services(delta));
            assertEquals("default/a:http/tcp", owner(planner, SHARED));
            assertEquals("ClusterIP 172.30.0.3:80/tcp", frontends(planner, "c"));
        }
    }

    private static String services(NodePlanDelta delta) {
        return delta.services().stream()
                .map(change -> change.after().service())
                .toList()
                .toString();
    }

    @Test
    void portThatLostItsClusterIpHasNoFrontends() {
        Service second = Plans.service("second", "172.30.0.1").nodePort(30080).build();
        try (TestCluster cluster =
                new TestCluster(Plans.service("first", "172.30.0.1").build(), second)) {
            NodePlanner planner = new NodePlanner();
            update(planner, cluster.fetch());
            assertEquals("", frontends(planner, "second"));
            assertEquals(1, planner.effectivePlan(second.name()).ports().size(), "the port is still planned");
            update(planner, cluster.delete(ClusterKind.SERVICE, name("first")).fetch());
            assertEquals("ClusterIP 172.30.0.1:80/tcp, NodePort node:30080/tcp", frontends(planner, "second"));
        }
    }

    @Test
    void contestedNodePortIsLostAlone() {
        try (TestCluster cluster = new TestCluster(
                Plans.service("a", "172.30.0.1").nodePort(30080).build(),
                Plans.service("b", "172.30.0.2").nodePort(30080).build())) {
            NodePlanner planner = new NodePlanner();
            update(planner, cluster.fetch());
            assertEquals("ClusterIP 172.30.0.1:80/tcp, NodePort node:30080/tcp", frontends(planner, "a"));
            assertEquals("ClusterIP 172.30.0.2:80/tcp", frontends(planner, "b"));
        }
    }

    /** Two ports of one name: sources refuse it, and a plan must not depend on that. */
    private static Service contradictory(String name) {
        return Plans.service(name, "172.30.0.1")
                .port("http", Protocol.TCP, 80, 0)
                .port("http", Protocol.TCP, 81, 0)
                .build();
    }

    @Test
    void setAsideKeepsTheLastGoodPlan() {
        Service good = Plans.service("web", "172.30.0.1").build();
        try (TestCluster cluster = new TestCluster(good)) {
            NodePlanner planner = new NodePlanner();
            update(planner, cluster.fetch());
            NodePlanDelta delta = update(
                    planner,
                    cluster.put(contradictory("web"), contradictory("new")).fetch());
            assertEquals(List.of(), delta.services());
            assertEquals("ClusterIP 172.30.0.1:80/tcp", frontends(planner, "web"));
            assertEquals("", frontends(planner, "new"));
            assertEquals(Set.of(name("web"), name("new")), planner.setAside().keySet());
            assertTrue(planner.setAside().getOrDefault(name("new"), "").startsWith("spec.ports[1].name: "));
            update(
                    planner,
                    cluster.put(good).delete(ClusterKind.SERVICE, name("new")).fetch());
            assertEquals(Map.of(), planner.setAside());
        }
    }

    @Test
    void setAsideServiceThatIsDeletedLosesItsPlan() {
        try (TestCluster cluster =
                new TestCluster(Plans.service("web", "172.30.0.1").build())) {
            NodePlanner planner = new NodePlanner();
            update(planner, cluster.fetch());
            update(planner, cluster.put(contradictory("web")).fetch());
            NodePlanDelta delta = update(
                    planner, cluster.delete(ClusterKind.SERVICE, name("web")).fetch());
            assertEquals(Map.of(), planner.setAside());
            assertEquals(Set.of(), planner.services());
            assertTrue(delta.services().getFirst().after().isNothing());
        }
    }

    @Test
    void unchangedServiceIsNoChange() {
        Service web = Plans.service("web", "172.30.0.1").build();
        try (TestCluster cluster = new TestCluster(web, Plans.slice(web, "10.180.0.1@node-1"))) {
            NodePlanner planner = new NodePlanner();
            TestCluster.Update update = cluster.fetch();
            assertEquals(1, update(planner, update).services().size());
            NodePlanDelta again =
                    planner.update(new TreeSet<>(Set.of(web.name())), update.snapshot(), Plans.NODE, Plans.SETTINGS);
            assertEquals(List.of(), again.services());
            assertEquals(again.settingsBefore(), again.settings());
        }
    }

    @Test
    void everythingIsAChangeFromNothing() {
        Service web = Plans.service("web", "172.30.0.1").build();
        try (TestCluster cluster = new TestCluster(web, loadBalancer("b", "172.30.0.2"))) {
            NodePlanner planner = new NodePlanner();
            NodePlanDelta first = update(planner, cluster.fetch());
            assertEquals(first, planner.everything());
            update(planner, cluster.delete(web).fetch());
            assertEquals("[default/b]", services(planner.everything()));
            assertEquals(Plans.SETTINGS, planner.everything().settings());
        }
    }

    @Test
    void incrementalIsAsFromScratch() {
        for (long seed = 1; seed <= 40; seed++) {
            new History(seed).run();
        }
    }

    /** Random Services that fight for few addresses, planned step by step and from scratch. */
    private static final class History {

        private final Random random;
        private final String name;
        private final NodePlanner planner = new NodePlanner();
        /** What a data plane knows from the changes alone. */
        private final Map<ObjectName, ServicePlan> told = new TreeMap<>();

        History(long seed) {
            this.random = new Random(seed);
            this.name = "seed " + seed;
        }

        void run() {
            try (TestCluster cluster = new TestCluster()) {
                for (int step = 0; step < 25; step++) {
                    for (int i = random.nextInt(4); i >= 0; i--) {
                        change(cluster);
                    }
                    TestCluster.Update update = cluster.fetch();
                    tell(update(planner, update));
                    NodePlanner scratch = new NodePlanner();
                    SortedSet<ObjectName> all =
                            new TreeSet<>(update.snapshot().services().keySet());
                    scratch.update(all, update.snapshot(), Plans.NODE, Plans.SETTINGS);
                    String when = name + ", step " + step;
                    assertEquals(scratch.everything(), planner.everything(), when);
                    assertEquals(scratch.contested(), planner.contested(), when);
                    assertEquals(effective(scratch), told, when);
                }
            }
        }

        private static Map<ObjectName, ServicePlan> effective(NodePlanner planner) {
            return planner.services().stream().collect(Collectors.toMap(service -> service, planner::effectivePlan));
        }

        private void tell(NodePlanDelta delta) {
            for (ServiceChange change : delta.services()) {
                ObjectName service = change.after().service();
                assertEquals(told.getOrDefault(service, ServicePlan.nothing(service)), change.before(), name);
                if (change.after().isNothing()) {
                    told.remove(service);
                } else {
                    told.put(service, change.after());
                }
            }
        }

        private void change(TestCluster cluster) {
            Plans.ServiceBuilder builder = Plans.service("s" + random.nextInt(5), "172.30.0." + random.nextInt(4));
            if (random.nextBoolean()) {
                builder.nodePort(30000 + random.nextInt(3));
            }
            if (random.nextBoolean()) {
                builder.loadBalancer("5.6.7." + random.nextInt(2));
            }
            if (random.nextBoolean()) {
                builder.externalIp("5.6.7." + random.nextInt(2));
            }
            Service service = builder.build();
            ClusterObject slice = Plans.slice(service, "10.180.0." + random.nextInt(3) + "@node-1");
            switch (random.nextInt(5)) {
                case 0 -> cluster.delete(service);
                case 1 -> cluster.put(slice);
                case 2 -> cluster.delete(slice);
                default -> cluster.put(service);
            }
        }
    }
}
