package io.fairlead.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.dataplane.nftables.NftablesDataplane;
import io.fairlead.agent.dataplane.nftables.PacketProbe;
import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.NodePortAddresses;
import io.fairlead.agent.plan.NodeResolver;
import io.fairlead.agent.plan.Plans;
import io.fairlead.agent.plan.PortPlan;
import io.fairlead.agent.plan.Scope;
import io.fairlead.cluster.ClusterDelta;
import io.fairlead.cluster.model.ClusterObject;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.cluster.model.Node;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Service;
import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.fake.Faults;
import io.fairlead.kernel.nft.fake.FakeNftKernel;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * From snapshot to kernel, with a kernel that fails now and then.
 *
 * <p>Confined to the test thread.
 */
class SyncEngineTest {

    private static final String POD = "10.180.255.77";
    private static final Set<IpAddress> ADDRESSES = Set.of(IpAddress.parse("192.168.0.1"));
    private static final AgentPolicy POLICY = new AgentPolicy(
            "node-1",
            new AgentPolicy.PodDetection.ClusterCidr(List.of(IpPrefix.parse("10.0.0.0/8"))),
            false,
            14,
            true,
            NodePortAddresses.DEFAULT);

    private static Node node(String zone) {
        return new Node("node-1", List.of(IpAddress.parse("192.168.0.1")), List.of(), List.of(), zone, false, false);
    }

    private final FakeNftKernel kernel = new FakeNftKernel(InstantSource.system());
    private final SyncEngine engine = engine(POLICY);

    private SyncEngine engine(AgentPolicy policy) {
        return new SyncEngine(new NftablesDataplane(kernel.open(), false, _ -> {}), new NodeResolver(policy));
    }

    private SyncEngine.Step apply(TestCluster.Update update) {
        return engine.apply(update.delta(), update.snapshot(), ADDRESSES);
    }

    private static void change(TestCluster cluster, Random random) {
        int number = random.nextInt(6);
        Plans.ServiceBuilder builder = Plans.service("s" + number, "172.30.0." + number, "fd00:172:30::" + number);
        if (random.nextBoolean()) {
            builder.nodePort(30000 + random.nextInt(4));
        }
        if (random.nextBoolean()) {
            builder.loadBalancer("5.6.7." + random.nextInt(2));
        }
        if (random.nextInt(3) == 0) {
            builder.sourceRange("10.0.0.0/" + (8 + random.nextInt(3)));
        }
        if (random.nextInt(3) == 0) {
            builder.affinity(60);
        }
        if (random.nextInt(3) == 0) {
            builder.externalLocal();
        }
        if (random.nextInt(4) == 0) {
            builder.internalLocal();
        }
        Service service = builder.build();
        String[] endpoints = new String[random.nextInt(5)];
        for (int i = 0; i < endpoints.length; i++) {
            endpoints[i] = "10.180.0." + random.nextInt(20) + "@node-" + (1 + random.nextInt(2));
        }
        ClusterObject slice = Plans.slice(service, endpoints);
        switch (random.nextInt(6)) {
            case 0 -> cluster.delete(service);
            case 1, 2 -> cluster.put(slice);
            default -> cluster.put(service, slice);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void convergesThroughFaults(boolean lostAnswers) {
        for (long seed = 1; seed <= 6; seed++) {
            new SyncEngineTest().converge(seed, lostAnswers);
        }
    }

    private void converge(long seed, boolean lostAnswers) {
        Random random = new Random(seed);
        String name = "seed " + seed;
        try (TestCluster cluster = new TestCluster(node("zone-a"))) {
            kernel.setFaults(faults(seed, lostAnswers));
            for (int step = 0; step < 12; step++) {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    change(cluster, random);
                }
                settle(cluster, name + ", step " + step);
                checkFlows(name + ", step " + step);
            }
            kernel.setFaults(Faults.NONE);
            TestCluster.Update update = cluster.fetch();
            SyncEngine next = engine(POLICY);
            SyncResult result = next.apply(ClusterDelta.fromEmpty(update.snapshot()), update.snapshot(), ADDRESSES)
                    .result();
            assertEquals(new SyncResult(2, 0, List.of()), result, name + ": a new agent finds nothing to do");
        }
    }

    /** A quarter of all transactions fail; few reads do, because a restart makes so many of them. */
    private static Faults faults(long seed, boolean lostAnswers) {
        Faults faults = lostAnswers ? Faults.seededWithLostAnswers(seed, 25) : Faults.seeded(seed, 25);
        Random random = new Random(seed);
        return (call, number) ->
                call == Faults.Call.READ && random.nextInt(100) >= 5 ? Faults.Fault.NONE : faults.fault(call, number);
    }

    /** As the proxy loop: a step, and after a failure everything again. */
    private void settle(TestCluster cluster, String when) {
        TestCluster.Update update = cluster.fetch();
        boolean clean = false;
        for (int attempt = 0; !clean && attempt < 60; attempt++) {
            try {
                SyncEngine.Step step = attempt == 0
                        ? apply(update)
                        : engine.applyEverything(ClusterDelta.EMPTY, update.snapshot(), ADDRESSES);
                clean = !step.result().dirty();
            } catch (KernelException e) {
                // The kernel could not be read: again.
                clean = false;
            }
        }
        assertTrue(clean, when + " did not converge");
    }

    /** Every ClusterIP sends a pod to the backends of the plan. */
    private void checkFlows(String when) {
        PacketProbe probe = new PacketProbe(kernel);
        for (ObjectName name : engine.planner().services()) {
            for (PortPlan port : engine.planner().effectivePlan(name).ports()) {
                if (port.family() == IpFamily.IPV4 && !port.frontends().isEmpty()) {
                    assertEquals(
                            expected(port),
                            probe.outcomes(POD, port.clusterIp().toString(), port.number()),
                            when + ", " + name);
                }
            }
        }
    }

    private static String expected(PortPlan port) {
        return switch (port.frontends().getFirst().routing()) {
            case REJECT -> "reject";
            case DROP -> "drop";
            case MASQUERADE_UNLESS_POD_LOCAL -> addresses(port, Scope.LOCAL);
            default -> addresses(port, Scope.CLUSTER);
        };
    }

    private static String addresses(PortPlan port, Scope scope) {
        return port.backends(scope).stream()
                .map(backend -> backend.address().toString())
                .sorted()
                .distinct()
                .collect(Collectors.joining(" "));
    }

    private static final Service WEB = Plans.service("web", "172.30.0.41").build();

    @Test
    void stepAfterAnExceptionTellsWhatNobodyWasTold() {
        try (TestCluster cluster = new TestCluster(WEB, Plans.slice(WEB, "10.180.0.1@node-1"))) {
            kernel.failNext(Errno.EPERM);
            TestCluster.Update first = cluster.fetch();
            assertThrows(KernelException.class, () -> apply(first));
            SyncEngine.Step step = apply(cluster.fetch());
            assertEquals(1, step.change().services().size());
            assertEquals("10.180.0.1", new PacketProbe(kernel).outcomes(POD, "172.30.0.41", 80));
        }
    }

    @Test
    void nodeChangePlansEveryServiceAgain() {
        Service local = Plans.service("local", "172.30.0.42").nodePort(30042).build();
        try (TestCluster cluster = new TestCluster(WEB, local)) {
            apply(cluster.fetch());
            assertEquals(
                    "",
                    engine.planner().settings().nodePortAddresses().stream()
                            .filter(address -> !address.isLoopback())
                            .map(IpAddress::toString)
                            .collect(Collectors.joining()));
            SyncEngine.Step step = apply(cluster.put(node("zone-b")).fetch());
            assertEquals(List.of(), step.change().services(), "no plan depends on the zone without hints");
            assertTrue(engine.planner().settings().nodePortAddresses().contains(IpAddress.parse("192.168.0.1")));
        }
    }

    @Test
    void otherPodRangesRenderEverythingAgain() {
        AgentPolicy byNode = new AgentPolicy(
                "node-1", new AgentPolicy.PodDetection.NodeCidr(), false, 14, true, NodePortAddresses.DEFAULT);
        SyncEngine other = engine(byNode);
        Node withPods = new Node(
                "node-1",
                List.of(IpAddress.parse("192.168.0.1")),
                List.of(),
                List.of(IpPrefix.parse("10.180.255.0/24")),
                "",
                false,
                false);
        try (TestCluster cluster =
                new TestCluster(node(""), WEB, Plans.slice(WEB, "10.180.0.1@node-2", "10.180.0.2@node-2"))) {
            TestCluster.Update update = cluster.fetch();
            other.apply(update.delta(), update.snapshot(), ADDRESSES);
            PacketProbe probe = new PacketProbe(kernel);
            assertEquals("10.180.0.1 10.180.0.2", probe.outcomes("203.0.113.7", "172.30.0.41", 80));
            assertEquals(
                    "10.180.0.1 10.180.0.2*", probe.outcomes("10.180.0.2", "172.30.0.41", 80), "anybody may hairpin");
            update = cluster.put(withPods).fetch();
            assertEquals(
                    List.of(),
                    other.apply(update.delta(), update.snapshot(), ADDRESSES)
                            .result()
                            .failures());
            assertEquals("10.180.0.1* 10.180.0.2*", probe.outcomes("203.0.113.7", "172.30.0.41", 80));
            assertEquals("10.180.0.1 10.180.0.2", probe.outcomes(POD, "172.30.0.41", 80));
        }
    }

    @Test
    void refusalNamesTheService() {
        try (TestCluster cluster = new TestCluster(WEB, Plans.slice(WEB, "10.180.0.1@node-1"))) {
            kernel.setFaults((call, number) ->
                    call == Faults.Call.APPLY && number > 1 ? Faults.Fault.of(Errno.ENOMEM) : Faults.Fault.NONE);
            assertTrue(apply(cluster.fetch()).result().dirty());
            TestCluster.Update update =
                    cluster.put(Plans.slice(WEB, "10.180.0.2@node-1")).fetch();
            SyncEngine.Step step = apply(update);
            assertTrue(step.result().dirty());
            assertEquals(Set.of(WEB.name()), engine.refused().keySet());
            kernel.setFaults(Faults.NONE);
            engine.applyEverything(ClusterDelta.EMPTY, update.snapshot(), ADDRESSES);
            assertEquals(Set.of(), engine.refused().keySet());
            assertEquals("10.180.0.2", new PacketProbe(kernel).outcomes(POD, "172.30.0.41", 80));
        }
    }
}
