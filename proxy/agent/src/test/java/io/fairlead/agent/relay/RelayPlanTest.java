package io.fairlead.agent.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.agent.plan.NodePlanDelta;
import io.fairlead.agent.plan.NodePlanDelta.ServiceChange;
import io.fairlead.agent.plan.Plans;
import io.fairlead.agent.plan.Plans.ServiceBuilder;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.agent.plan.ServicePlanner;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.cluster.model.Service;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the plan means for clients on [::1]. */
class RelayPlanTest {

    private static ServiceBuilder web() {
        return Plans.service("web", "fd00:172:30::41").nodePort(30080);
    }

    private static ServicePlan plan(Service service, String... endpoints) {
        return ServicePlanner.plan(service, List.of(Plans.slice(service, endpoints)), Plans.NODE);
    }

    private static ServiceChange added(ServicePlan plan) {
        return new ServiceChange(ServicePlan.nothing(plan.service()), plan);
    }

    private static ServiceChange removed(ServicePlan plan) {
        return new ServiceChange(plan, ServicePlan.nothing(plan.service()));
    }

    /** Port to backends, as text. */
    private static Map<Integer, String> ports(ServiceChange... changes) {
        return RelayPlan.changes(new NodePlanDelta(List.of(changes), Plans.SETTINGS, Plans.SETTINGS)).values().stream()
                .collect(Collectors.toMap(
                        LoopbackPort::number, port -> port.name().service().name() + " " + port.backends()));
    }

    @Test
    void servesTheBackendsOfTheCluster() {
        assertEquals(
                Map.of(30080, "web [[fd00:10::1]:8080, [fd00:10::2]:8080]"),
                ports(added(plan(web().build(), "fd00:10::1@node-1", "fd00:10::2@node-2"))));
    }

    @Test
    void externalPolicyLocalHasTheShortCircuitOfTheNode() {
        Service local = web().externalLocal().build();
        assertEquals(
                Map.of(30080, "web [[fd00:10::1]:8080, [fd00:10::2]:8080]"),
                ports(added(plan(local, "fd00:10::1@node-1", "fd00:10::2@node-2"))));
        assertEquals(Map.of(30080, "web [[fd00:10::2]:8080]"), ports(added(plan(local, "fd00:10::2@node-2"))));
    }

    @Test
    void portWithoutEndpointsIsNotServed() {
        Service service = web().build();
        ServicePlan empty = ServicePlanner.plan(service, List.<EndpointSlice>of(), Plans.NODE);
        assertEquals(Map.of(30080, "web []"), ports(added(empty)));
        assertEquals(Map.of(30080, "web []"), ports(removed(plan(service, "fd00:10::1@node-1"))));
    }

    @Test
    void onlyTcpOverIpv6IsRelayed() {
        Service dual = Plans.service("dual", "172.30.0.41", "fd00:172:30::41")
                .loadBalancer()
                .port("a", Protocol.TCP, 80, 30080)
                .port("b", Protocol.UDP, 80, 30081)
                .port("c", Protocol.SCTP, 80, 30082)
                .build();
        ServicePlan plan = ServicePlanner.plan(
                dual,
                List.of(Plans.slice(dual, "10.180.0.1@node-1"), Plans.slice(dual, "fd00:10::1@node-1")),
                Plans.NODE);
        assertEquals(Map.of(30080, "dual [[fd00:10::1]:8080]"), ports(added(plan)));
        Service noNodePort = Plans.service("plain", "fd00:172:30::42").build();
        assertEquals(Map.of(), ports(added(plan(noNodePort, "fd00:10::1@node-1"))));
    }

    @Test
    void portThatMovedIsTheNewOwners() {
        ServicePlan old = plan(web().build(), "fd00:10::1@node-1");
        Service next =
                Plans.service("a-new-one", "fd00:172:30::43").nodePort(30080).build();
        ServicePlan now = plan(next, "fd00:10::2@node-1");
        Map<Integer, String> expected = Map.of(30080, "a-new-one [[fd00:10::2]:8080]");
        assertEquals(expected, ports(removed(old), added(now)));
        assertEquals(expected, ports(added(now), removed(old)));
    }

    @Test
    void backendsThatNobodyMayReachFromTheHostAreLeftOut() {
        assertEquals(
                Map.of(30080, "web [[fd00:10::1]:8080]"),
                ports(added(plan(web().build(), "::1@node-1", "fe80::1@node-1", "::@node-1", "fd00:10::1@node-1"))));
    }
}
