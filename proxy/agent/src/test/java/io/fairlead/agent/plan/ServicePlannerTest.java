package io.fairlead.agent.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.cluster.model.Service;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Section 2 of the services facts: which frontends a Service has and what each kind of client gets at them.
 *
 * <p>Confined to the test thread.
 */
class ServicePlannerTest {

    private static final String HERE = "10.180.0.1@node-1";
    private static final String ELSEWHERE = "10.180.0.2@node-2";

    private static final NodeFacts MASQUERADE_ALL = node(Plans.NODE.localPods(), true, true);
    private static final NodeFacts NO_DETECTOR = node(new LocalPods.Unknown(), false, true);
    private static final NodeFacts BY_INTERFACE = node(new LocalPods.ByInterface("cni0"), false, true);
    private static final NodeFacts NO_DETECTOR_MASQUERADE_ALL = node(new LocalPods.Unknown(), true, true);
    private static final NodeFacts ONLY_V6_PODS =
            node(new LocalPods.BySource(List.of(IpPrefix.parse("fd00:10::/32"))), false, true);

    private static NodeFacts node(LocalPods pods, boolean masqueradeAll, boolean externalIps) {
        NodeFacts node = Plans.NODE;
        return new NodeFacts(node.name(), node.zone(), node.primaryAddresses(), pods, masqueradeAll, externalIps);
    }

    /** A node, the policies, where endpoints are, and what pod, node and outside get at ClusterIP and NodePort. */
    record Row(
            String situation,
            NodeFacts node,
            boolean internalLocal,
            boolean externalLocal,
            List<String> endpoints,
            String clusterIp,
            String nodePort) {

        @Override
        public String toString() {
            return situation;
        }
    }

    private static final String ALL_KEPT = "all kept";
    private static final String ALL_MASQUERADED = "all masqueraded";

    private static String clients(String pod, String node, String outside) {
        return "pod " + pod + ", node " + node + ", outside " + outside;
    }

    private static String everybody(String what) {
        return clients(what, what, what);
    }

    static List<Row> masquerade() {
        List<String> both = List.of(HERE, ELSEWHERE);
        String unlessPod = clients(ALL_KEPT, ALL_MASQUERADED, ALL_MASQUERADED);
        String always = everybody(ALL_MASQUERADED);
        String preserved = clients(ALL_KEPT, ALL_MASQUERADED, "local kept");
        return List.of(
                new Row("detector by source", Plans.NODE, false, false, both, unlessPod, always),
                new Row("detector by interface", BY_INTERFACE, false, false, both, unlessPod, always),
                new Row("masquerade all", MASQUERADE_ALL, false, false, both, always, always),
                new Row("no detector", NO_DETECTOR, false, false, both, everybody(ALL_KEPT), always),
                new Row("detector of the other family", ONLY_V6_PODS, false, false, both, everybody(ALL_KEPT), always),
                new Row("no detector, masquerade all", NO_DETECTOR_MASQUERADE_ALL, false, false, both, always, always),
                new Row("external Local", Plans.NODE, false, true, both, unlessPod, preserved),
                new Row("external Local, masquerade all", MASQUERADE_ALL, false, true, both, always, preserved),
                new Row(
                        "external Local, no detector",
                        NO_DETECTOR,
                        false,
                        true,
                        both,
                        everybody(ALL_KEPT),
                        clients("local kept", ALL_MASQUERADED, "local kept")),
                new Row(
                        "internal Local",
                        Plans.NODE,
                        true,
                        false,
                        both,
                        clients("local kept", "local masqueraded", "local masqueraded"),
                        always),
                new Row(
                        "internal Local, masquerade all",
                        MASQUERADE_ALL,
                        true,
                        false,
                        both,
                        everybody("local masqueraded"),
                        always),
                new Row(
                        "internal Local, no detector",
                        NO_DETECTOR,
                        true,
                        false,
                        both,
                        everybody("local kept"),
                        always));
    }

    static List<Row> verdicts() {
        String unlessPod = clients(ALL_KEPT, ALL_MASQUERADED, ALL_MASQUERADED);
        String always = everybody(ALL_MASQUERADED);
        String steered = clients(ALL_KEPT, ALL_MASQUERADED, "drop");
        String reject = everybody("reject");
        String drop = everybody("drop");
        List<String> away = List.of(ELSEWHERE);
        return List.of(
                new Row("no endpoint", Plans.NODE, false, false, List.of(), reject, reject),
                new Row("no endpoint, both Local", Plans.NODE, true, true, List.of(), reject, reject),
                new Row("no endpoint, masquerade all", MASQUERADE_ALL, true, false, List.of(), reject, reject),
                new Row("only elsewhere", Plans.NODE, false, false, away, unlessPod, always),
                new Row("only elsewhere, internal Local", Plans.NODE, true, false, away, drop, always),
                new Row("only elsewhere, external Local", Plans.NODE, false, true, away, unlessPod, steered),
                new Row("only elsewhere, both Local", Plans.NODE, true, true, away, drop, steered));
    }

    @ParameterizedTest
    @MethodSource({"masquerade", "verdicts"})
    void routes(Row row) {
        Plans.ServiceBuilder builder = Plans.service("web", "172.30.0.41").nodePort(30080);
        if (row.internalLocal) {
            builder.internalLocal();
        }
        if (row.externalLocal) {
            builder.externalLocal();
        }
        Service service =
                builder.loadBalancer("5.6.7.8").externalIp("192.168.99.22").build();
        EndpointSlice slice = Plans.slice(service, row.endpoints.toArray(String[]::new));
        PortPlan port =
                ServicePlanner.plan(service, List.of(slice), row.node).ports().getFirst();
        Map<FrontendKind, String> answers = new TreeMap<>();
        port.frontends().forEach(frontend -> answers.put(frontend.kind(), answers(frontend, row.node)));
        assertEquals(
                Map.of(
                        FrontendKind.CLUSTER_IP, row.clusterIp,
                        FrontendKind.LOAD_BALANCER, row.nodePort,
                        FrontendKind.EXTERNAL_IP, row.nodePort,
                        FrontendKind.NODE_PORT, row.nodePort),
                answers);
    }

    /** What a local pod, the node and somebody outside get; without a detector nobody is known to be a pod. */
    private static String answers(Frontend frontend, NodeFacts node) {
        boolean detects = node.localPods().detects(frontend.key().address().family());
        String outside = answer(frontend, List.of(Client.ANYONE));
        return clients(
                detects ? answer(frontend, List.of(Client.LOCAL_POD, Client.ANYONE)) : outside,
                answer(frontend, List.of(Client.NODE, Client.ANYONE)),
                outside);
    }

    private static String answer(Frontend frontend, List<Client> fits) {
        for (ClientRule rule : frontend.routing().rules()) {
            if (fits.contains(rule.client())) {
                return switch (rule.verdict()) {
                    case REJECT -> "reject";
                    case DROP -> "drop";
                    case FORWARD ->
                        (rule.scope() == Scope.CLUSTER ? "all " : "local ")
                                + (rule.masquerade() ? "masqueraded" : "kept");
                };
            }
        }
        throw new AssertionError(frontend.routing() + " has no rule for " + fits);
    }

    private static List<Frontend> frontends(Service service, NodeFacts node, EndpointSlice... slices) {
        return ServicePlanner.plan(service, List.of(slices), node).ports().stream()
                .flatMap(port -> port.frontends().stream())
                .toList();
    }

    private static String keys(List<Frontend> frontends) {
        return frontends.stream()
                .map(frontend -> frontend.kind() + " " + frontend.key())
                .collect(Collectors.joining(", "));
    }

    @Test
    void everyKindOfAddressBecomesAFrontend() {
        Service service = Plans.service("web", "172.30.0.41")
                .nodePort(30080)
                .loadBalancer("5.6.7.8", "5.6.7.9")
                .externalIp("192.168.99.22")
                .build();
        assertEquals(
                "ClusterIP 172.30.0.41:80/tcp, LoadBalancer 5.6.7.8:80/tcp, LoadBalancer 5.6.7.9:80/tcp,"
                        + " externalIP 192.168.99.22:80/tcp, NodePort node:30080/tcp",
                keys(frontends(service, Plans.NODE)));
        assertEquals(
                List.of(IpAddress.parse("172.30.0.41")),
                ServicePlanner.plan(service, List.of(), Plans.NODE).clusterIps());
    }

    @Test
    void externalIpsCanBeSwitchedOff() {
        Service service =
                Plans.service("web", "172.30.0.41").externalIp("192.168.99.22").build();
        NodeFacts off = node(Plans.NODE.localPods(), false, false);
        assertEquals("ClusterIP 172.30.0.41:80/tcp", keys(frontends(service, off)));
    }

    @Test
    void addressesOfTheOtherFamilyAreLeftOut() {
        Service service = Plans.service("web", "172.30.0.41")
                .loadBalancer("5.6.7.8", "fd00:5::8")
                .externalIp("fd00:99::22")
                .sourceRange("fd00:203::/32")
                .build();
        List<Frontend> frontends = frontends(service, Plans.NODE);
        assertEquals("ClusterIP 172.30.0.41:80/tcp, LoadBalancer 5.6.7.8:80/tcp", keys(frontends));
        assertEquals(List.of(), frontends.getLast().sourceRanges(), "ranges of the other family do not restrict");
    }

    @Test
    void dualStackServiceHasOnePlanPerPortAndFamily() {
        Service service = Plans.service("dns", "172.30.0.41", "fd00:172:30::41")
                .port("dns", Protocol.UDP, 53, 30053)
                .port("dns-tcp", Protocol.TCP, 53, 0)
                .loadBalancer("5.6.7.8", "fd00:5::8")
                .build();
        assertEquals(
                "ClusterIP 172.30.0.41:53/udp, LoadBalancer 5.6.7.8:53/udp, NodePort node:30053/udp,"
                        + " ClusterIP 172.30.0.41:53/tcp, LoadBalancer 5.6.7.8:53/tcp,"
                        + " ClusterIP [fd00:172:30::41]:53/udp, LoadBalancer [fd00:5::8]:53/udp, NodePort node:30053/udp,"
                        + " ClusterIP [fd00:172:30::41]:53/tcp, LoadBalancer [fd00:5::8]:53/tcp",
                keys(frontends(service, Plans.NODE)));
        PortPlan v6 = ServicePlanner.plan(
                        service,
                        List.of(Plans.slice(service, HERE), Plans.slice(service, "fd00:10::1@node-1")),
                        Plans.NODE)
                .ports()
                .get(2);
        assertEquals("[[fd00:10::1]:8080]", v6.cluster().toString());
    }

    @Test
    void nodePortNeedsANumberAndAType() {
        Service withoutNumber =
                Plans.service("web", "172.30.0.41").loadBalancer("5.6.7.8").build();
        assertEquals(
                "ClusterIP 172.30.0.41:80/tcp, LoadBalancer 5.6.7.8:80/tcp",
                keys(frontends(withoutNumber, Plans.NODE)));
        Service withoutType = Plans.service("web", "172.30.0.41")
                .port("http", Protocol.TCP, 80, 30080)
                .build();
        assertEquals("ClusterIP 172.30.0.41:80/tcp", keys(frontends(withoutType, Plans.NODE)));
    }

    private static Map<FrontendKind, String> ranges(String... ranges) {
        Plans.ServiceBuilder builder = Plans.service("web", "172.30.0.41")
                .nodePort(30080)
                .loadBalancer("5.6.7.8", "5.6.7.9")
                .externalIp("192.168.99.22");
        for (String range : ranges) {
            builder.sourceRange(range);
        }
        Map<FrontendKind, String> found = new TreeMap<>();
        frontends(builder.build(), Plans.NODE)
                .forEach(frontend ->
                        found.put(frontend.kind(), frontend.sourceRanges().toString()));
        return found;
    }

    @Test
    void sourceRangesRestrictLoadBalancerAddressesOnly() {
        assertEquals(
                Map.of(
                        FrontendKind.CLUSTER_IP, "[]",
                        FrontendKind.LOAD_BALANCER, "[10.0.0.0/8, 203.0.113.0/25]",
                        FrontendKind.EXTERNAL_IP, "[]",
                        FrontendKind.NODE_PORT, "[]"),
                ranges("203.0.113.0/25", "10.0.0.0/8", "203.0.113.64/25", "fd00::/8"));
    }

    @Test
    void rangeWithTheNodesPrimaryAddressAllowsTheServicesOwnAddresses() {
        assertEquals(
                "[5.6.7.8/32, 5.6.7.9/32, 192.168.0.0/24]",
                ranges("192.168.0.0/24").get(FrontendKind.LOAD_BALANCER));
        assertEquals("[192.168.7.0/24]", ranges("192.168.7.0/24").get(FrontendKind.LOAD_BALANCER));
        Service v6 = Plans.service("web", "fd00:172:30::41")
                .loadBalancer("fd00:5::8")
                .sourceRange("fd00:c0a8::/32")
                .build();
        assertEquals(
                "[fd00:5::8/128, fd00:c0a8::/32]",
                frontends(v6, Plans.NODE).getLast().sourceRanges().toString());
    }

    @Test
    void listThatNoRuleUsesIsEmpty() {
        Service clusterOnly =
                Plans.service("web", "172.30.0.41").nodePort(30080).build();
        PortPlan all = port(clusterOnly, HERE, ELSEWHERE);
        assertEquals("[10.180.0.1:8080, 10.180.0.2:8080]", all.cluster().toString());
        assertEquals(List.of(), all.local());
        Service localOnly = Plans.service("web", "172.30.0.41").internalLocal().build();
        PortPlan local = port(localOnly, HERE, ELSEWHERE);
        assertEquals(List.of(), local.cluster());
        assertEquals("[10.180.0.1:8080]", local.local().toString());
        Service externalLocal = Plans.service("web", "172.30.0.41")
                .nodePort(30080)
                .externalLocal()
                .build();
        PortPlan both = port(externalLocal, HERE, ELSEWHERE);
        assertEquals(2, both.cluster().size());
        assertEquals(1, both.local().size());
        assertEquals(List.of(), port(externalLocal, ELSEWHERE).local());
    }

    @Test
    void externalPolicyWithoutExternalAddressMeansNothing() {
        Service service = Plans.service("web", "172.30.0.41").externalLocal().build();
        PortPlan port = port(service, HERE, ELSEWHERE);
        assertEquals(List.of(), port.local());
        assertEquals(Routing.MASQUERADE_UNLESS_POD, port.frontends().getFirst().routing());
    }

    @Test
    void affinityAndSelectionAreNoted() {
        Service service = Plans.service("web", "172.30.0.41").affinity(600).build();
        assertEquals(600, port(service, HERE).affinitySeconds());
        assertEquals(Selection.READY, port(service, HERE).selection());
        assertEquals(Selection.NONE, port(service).selection());
    }

    private static PortPlan port(Service service, String... endpoints) {
        return ServicePlanner.plan(service, List.of(Plans.slice(service, endpoints)), Plans.NODE)
                .ports()
                .getFirst();
    }

    @Test
    void serviceWithoutPortsOnlyHasItsAddressGuarded() {
        Service web = Plans.service("web", "172.30.0.41").build();
        Service service = new Service(
                web.name(),
                web.type(),
                web.clusterIps(),
                List.of(),
                web.internalTrafficPolicy(),
                web.externalTrafficPolicy(),
                List.of(),
                List.of(),
                List.of(),
                0,
                0);
        ServicePlan plan = ServicePlanner.plan(service, List.of(), Plans.NODE);
        assertEquals(List.of(), plan.ports());
        assertEquals(1, plan.clusterIps().size());
        assertFalse(plan.isNothing());
    }

    private static String refusal(Plans.ServiceBuilder service) {
        return String.valueOf(assertThrows(
                        UnplannableException.class, () -> ServicePlanner.plan(service.build(), List.of(), Plans.NODE))
                .getMessage());
    }

    @Test
    void duplicatePortsAreRefusedWithTheField() {
        assertEquals(
                "spec.ports[1].name: another port of the same protocol is named 'http'",
                refusal(Plans.service("web", "172.30.0.41")
                        .port("http", Protocol.TCP, 80, 0)
                        .port("http", Protocol.TCP, 81, 0)));
        assertEquals(
                "spec.ports[2].port: port 80 is there twice for TCP",
                refusal(Plans.service("web", "172.30.0.41")
                        .port("http", Protocol.TCP, 80, 0)
                        .port("http", Protocol.UDP, 80, 0)
                        .port("other", Protocol.TCP, 80, 0)));
    }
}
