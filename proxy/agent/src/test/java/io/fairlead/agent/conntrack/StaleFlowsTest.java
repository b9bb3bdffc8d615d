package io.fairlead.agent.conntrack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.plan.FrontendKey;
import io.fairlead.agent.plan.NodePlanDelta.ServiceChange;
import io.fairlead.agent.plan.NodeSettings;
import io.fairlead.agent.plan.Plans;
import io.fairlead.agent.plan.Plans.ServiceBuilder;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.agent.plan.ServicePlanner;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.cluster.model.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Flows as rows: where they were sent, and who answers. */
class StaleFlowsTest {

    private final StaleFlows flows = new StaleFlows();

    private static ServiceBuilder dns() {
        return Plans.service("dns", "172.30.0.53", "fd00:172:30::53")
                .loadBalancer("5.6.7.8")
                .externalIp("192.168.99.22")
                .port("dns", Protocol.UDP, 53, 30053);
    }

    private static ServicePlan plan(Service service, EndpointSlice... slices) {
        return ServicePlanner.plan(service, List.of(slices), Plans.NODE);
    }

    private static ServicePlan plan(Service service, String... endpoints) {
        return plan(service, Plans.slice(service, endpoints));
    }

    private static ServiceChange added(ServicePlan plan) {
        return new ServiceChange(ServicePlan.nothing(plan.service()), plan);
    }

    private static ServiceChange removed(ServicePlan plan) {
        return new ServiceChange(plan, ServicePlan.nothing(plan.service()));
    }

    private static NodeSettings settings(String... nodePortAddresses) {
        List<IpAddress> addresses =
                List.of(nodePortAddresses).stream().map(IpAddress::parse).toList();
        return new NodeSettings(addresses, Plans.NODE.localPods(), 0x4000, List.of());
    }

    private Set<FrontendKey> update(ServiceChange... changes) {
        return flows.update(List.of(changes), Plans.SETTINGS);
    }

    private static StaleFlows.End end(String text) {
        int colon = text.lastIndexOf(':');
        return new StaleFlows.End(
                IpAddress.parse(text.substring(0, colon)), Integer.parseInt(text.substring(colon + 1)));
    }

    private void assertStale(Set<FrontendKey> suspects, String destination, String answering) {
        assertTrue(
                flows.isStale(suspects, end(destination), end(answering)),
                destination + " answered by " + answering + " was kept");
    }

    private void assertKept(Set<FrontendKey> suspects, String destination, String answering) {
        assertFalse(
                flows.isStale(suspects, end(destination), end(answering)),
                destination + " answered by " + answering + " was taken for stale");
    }

    private static Set<String> texts(Set<FrontendKey> keys) {
        return keys.stream().map(FrontendKey::toString).collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void judgesFlowsToEveryAddressOfAService() {
        Service service = dns().build();
        Set<FrontendKey> suspects = update(added(plan(
                service,
                Plans.slice(service, "10.180.0.1@node-1", "10.180.0.2@node-2"),
                Plans.slice(service, "fd00:10::1@node-1"))));
        for (String destination :
                List.of("172.30.0.53:53", "5.6.7.8:53", "192.168.99.22:53", "192.168.0.1:30053", "127.0.0.1:30053")) {
            assertKept(suspects, destination, "10.180.0.1:8080");
            assertKept(suspects, destination, "10.180.0.2:8080");
            assertStale(suspects, destination, "10.180.0.3:8080");
        }
        for (String destination : List.of("fd00:172:30::53:53", "fd00:c0a8::1:30053")) {
            assertKept(suspects, destination, "fd00:10::1:8080");
            assertStale(suspects, destination, "fd00:10::2:8080");
        }
    }

    @Test
    void flowThatWasNeverTranslatedIsStale() {
        Set<FrontendKey> suspects = update(added(plan(dns().build(), "10.180.0.1@node-1")));
        assertStale(suspects, "172.30.0.53:53", "172.30.0.53:53");
        assertStale(suspects, "192.168.0.1:30053", "192.168.0.1:30053");
    }

    @Test
    void flowToAnOldTargetPortIsStale() {
        Set<FrontendKey> suspects = update(added(plan(dns().build(), "10.180.0.1@node-1")));
        assertStale(suspects, "172.30.0.53:53", "10.180.0.1:5353");
    }

    @Test
    void flowsToOtherAddressesAndPortsAreKept() {
        Set<FrontendKey> suspects = update(added(plan(dns().build(), "10.180.0.1@node-1")));
        for (String destination : List.of(
                "172.30.0.53:54", "172.30.0.54:53", "8.8.8.8:53", "192.168.0.1:53", "8.8.8.8:30053", "5.6.7.8:30053")) {
            assertKept(suspects, destination, destination);
            assertKept(suspects, destination, "10.180.0.9:8080");
        }
    }

    @Test
    void backendsOfBothPoliciesCount() {
        Service service = dns().externalLocal().build();
        Set<FrontendKey> suspects = update(added(plan(service, "10.180.0.1@node-1", "10.180.0.2@node-2")));
        assertKept(suspects, "5.6.7.8:53", "10.180.0.1:8080");
        assertKept(suspects, "5.6.7.8:53", "10.180.0.2:8080");
        Service onlyLocal = Plans.service("local", "172.30.0.60")
                .internalLocal()
                .port("dns", Protocol.UDP, 53, 0)
                .build();
        suspects = update(added(plan(onlyLocal, "10.180.0.1@node-1", "10.180.0.2@node-2")));
        assertKept(suspects, "172.30.0.60:53", "10.180.0.1:8080");
        assertStale(suspects, "172.30.0.60:53", "10.180.0.2:8080");
    }

    @Test
    void portWithoutBackendsIsLeftAlone() {
        ServicePlan full = plan(dns().build(), "10.180.0.1@node-1");
        ServicePlan empty = plan(dns().build(), new EndpointSlice[0]);
        update(added(full));
        Set<FrontendKey> suspects = update(new ServiceChange(full, empty));
        assertKept(suspects, "172.30.0.53:53", "10.180.0.1:8080");
        assertTrue(suspects.stream().noneMatch(flows::isJudged), "nothing to look for in the kernel");
    }

    @Test
    void otherProtocolsAreLeftAlone() {
        Service service = Plans.service("mixed", "172.30.0.61")
                .port("tcp", Protocol.TCP, 53, 0)
                .port("sctp", Protocol.SCTP, 53, 0)
                .build();
        ServiceChange change = added(plan(service, "10.180.0.1@node-1"));
        assertFalse(StaleFlows.concerns(change));
        assertEquals(Set.of(), update(change));
        assertTrue(StaleFlows.concerns(removed(plan(dns().build(), "10.180.0.1@node-1"))));
    }

    @Test
    void onlyWhatChangedIsLookedAt() {
        Service service = Plans.service("two", "172.30.0.62")
                .port("a", Protocol.UDP, 1, 0)
                .port("b", Protocol.UDP, 2, 0)
                .build();
        Service widened = Plans.service("two", "172.30.0.62")
                .port("a", Protocol.UDP, 1, 0)
                .port("b", Protocol.UDP, 2, 0)
                .externalIp("192.168.99.23")
                .build();
        ServicePlan first = plan(service, "10.180.0.1@node-1");
        ServicePlan second = plan(widened, "10.180.0.1@node-1");
        ServicePlan third = plan(widened, "10.180.0.2@node-1");
        assertEquals(Set.of("172.30.0.62:1/udp", "172.30.0.62:2/udp"), texts(update(added(first))));
        assertEquals(Set.of(), update(new ServiceChange(first, first)));
        assertEquals(
                Set.of("192.168.99.23:1/udp", "192.168.99.23:2/udp"), texts(update(new ServiceChange(first, second))));
        assertEquals(4, update(new ServiceChange(second, third)).size());
        assertEquals(Set.of(), update(removed(third)));
    }

    @Test
    void frontendThatMovedIsJudgedByItsNewOwner() {
        Service before = Plans.service("zz-before", "172.30.0.63")
                .externalIp("192.168.99.24")
                .port("dns", Protocol.UDP, 53, 0)
                .build();
        Service after = Plans.service("aa-after", "172.30.0.64")
                .externalIp("192.168.99.24")
                .port("dns", Protocol.UDP, 53, 0)
                .build();
        ServicePlan old = plan(before, "10.180.0.1@node-1");
        ServicePlan now = plan(after, "10.180.0.2@node-1");
        for (List<ServiceChange> order :
                List.of(List.of(removed(old), added(now)), List.of(added(now), removed(old)))) {
            StaleFlows moved = new StaleFlows();
            moved.update(List.of(added(old)), Plans.SETTINGS);
            Set<FrontendKey> suspects = moved.update(order, Plans.SETTINGS);
            assertTrue(moved.isStale(suspects, end("192.168.99.24:53"), end("10.180.0.1:8080")));
            assertFalse(moved.isStale(suspects, end("192.168.99.24:53"), end("10.180.0.2:8080")));
            assertFalse(moved.isStale(suspects, end("172.30.0.63:53"), end("10.180.0.9:8080")), "nobody's any more");
        }
    }

    @Test
    void exactAddressWinsOverNodePort() {
        Service exact = Plans.service("exact", "172.30.0.65")
                .externalIp("192.168.0.1")
                .port("dns", Protocol.UDP, 30053, 0)
                .build();
        update(added(plan(exact, "10.180.0.7@node-1")));
        Set<FrontendKey> suspects = update(added(plan(dns().build(), "10.180.0.1@node-1")));
        assertKept(suspects, "192.168.0.1:30053", "10.180.0.7:8080");
        assertKept(suspects, "192.168.0.1:30053", "10.180.0.8:8080");
        assertStale(suspects, "127.0.0.1:30053", "10.180.0.8:8080");
    }

    @Test
    void nodePortsAreLookedAtWhenTheNodeGetsAnAddress() {
        ServiceChange change = added(plan(dns().build(), "10.180.0.1@node-1"));
        flows.update(List.of(change), settings("192.168.0.1"));
        assertEquals(Set.of(), flows.update(List.of(), settings("192.168.0.1")));
        Set<FrontendKey> suspects = flows.update(List.of(), settings("192.168.0.1", "192.168.0.9"));
        assertEquals(Set.of("node:30053/udp"), texts(suspects));
        assertStale(suspects, "192.168.0.9:30053", "192.168.0.9:30053");
        assertEquals(Set.of(), flows.update(List.of(), settings("192.168.0.9")), "fewer addresses, nothing new");
        assertKept(suspects, "192.168.0.1:30053", "192.168.0.1:30053");
    }

    @Test
    void stepsInAnyBatchingEndInTheSamePolicy() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<ServicePlan> plans = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            plans.add(ServicePlan.nothing(
                    Plans.service("s" + i, "172.30.1." + i).build().name()));
        }
        for (int step = 0; step < 200; step++) {
            int which = random.nextInt(plans.size());
            Service service = Plans.service("s" + which, "172.30.1." + which)
                    .port("dns", Protocol.UDP, 53, 0)
                    .build();
            ServicePlan next = random.nextInt(4) == 0
                    ? ServicePlan.nothing(service.name())
                    : plan(service, "10.180.0." + random.nextInt(3) + "@node-1");
            update(new ServiceChange(plans.set(which, next), next));
        }
        StaleFlows fresh = new StaleFlows();
        Set<FrontendKey> all =
                fresh.update(plans.stream().map(StaleFlowsTest::added).toList(), Plans.SETTINGS);
        for (int which = 0; which < plans.size(); which++) {
            for (int backend = 0; backend < 3; backend++) {
                StaleFlows.End destination = end("172.30.1." + which + ":53");
                StaleFlows.End answering = end("10.180.0." + backend + ":8080");
                assertEquals(
                        fresh.isStale(all, destination, answering),
                        flows.isStale(all, destination, answering),
                        "seed " + seed + ": " + destination + " answered by " + answering);
            }
        }
    }
}
