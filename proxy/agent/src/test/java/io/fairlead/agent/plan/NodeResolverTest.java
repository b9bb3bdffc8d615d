package io.fairlead.agent.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.agent.TestCluster;
import io.fairlead.agent.plan.AgentPolicy.PodDetection;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.cluster.model.Node;
import io.fairlead.cluster.model.ServiceCidr;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What the node is, from the operator, the Node object and the interfaces.
 *
 * <p>Confined to the test thread.
 */
class NodeResolverTest {

    private static final List<IpPrefix> PODS = List.of(IpPrefix.parse("10.0.0.0/8"));

    private static AgentPolicy policy(PodDetection detection) {
        return new AgentPolicy("node-1", detection, false, 14, true, NodePortAddresses.DEFAULT);
    }

    private static Node node(String name, List<String> internal, List<String> external, String... podCidrs) {
        return new Node(
                name,
                internal.stream().map(IpAddress::parse).toList(),
                external.stream().map(IpAddress::parse).toList(),
                List.of(podCidrs).stream().map(IpPrefix::parse).toList(),
                "zone-a",
                false,
                false);
    }

    private static ClusterSnapshot snapshot(Node node) {
        try (TestCluster cluster = new TestCluster(
                node,
                new ServiceCidr("b", List.of(IpPrefix.parse("172.31.0.0/16"))),
                new ServiceCidr("a", List.of(IpPrefix.parse("fd00:172::/112"), IpPrefix.parse("172.30.0.0/16"))))) {
            return cluster.fetch().snapshot();
        }
    }

    @Test
    void takesTheFirstInternalAddressOfEachFamilyElseAnExternalOne() {
        NodeResolver resolver = new NodeResolver(policy(new PodDetection.ClusterCidr(PODS)));
        assertEquals(
                "[192.168.0.1, fd00::1]",
                resolver.facts(snapshot(node(
                                "node-1", List.of("fd00::1", "192.168.0.1", "192.168.0.2"), List.of("203.0.113.1"))))
                        .primaryAddresses()
                        .toString());
        assertEquals(
                "[203.0.113.1, fd00::1]",
                resolver.facts(snapshot(node("node-1", List.of("fd00::1"), List.of("203.0.113.1"))))
                        .primaryAddresses()
                        .toString());
    }

    @Test
    void factsAndSettingsFollowTheNode() {
        NodeResolver resolver = new NodeResolver(policy(new PodDetection.ClusterCidr(PODS)));
        ClusterSnapshot snapshot = snapshot(node("node-1", List.of("192.168.0.1"), List.of()));
        NodeFacts facts = resolver.facts(snapshot);
        assertEquals("zone-a", facts.zone());
        assertEquals(new LocalPods.BySource(PODS), facts.localPods());
        NodeSettings settings = resolver.settings(snapshot, Set.of(IpAddress.parse("192.168.0.9")));
        assertEquals("[127.0.0.1, 192.168.0.1]", settings.nodePortAddresses().toString());
        assertEquals(0x4000, settings.masqueradeMark());
        assertEquals(
                "[172.30.0.0/16, 172.31.0.0/16, fd00:172::/112]",
                settings.serviceCidrs().toString());
    }

    @Test
    void missingNodeLeavesZoneAndAddressesUnknown() {
        NodeResolver resolver = new NodeResolver(policy(new PodDetection.NodeCidr()));
        ClusterSnapshot snapshot = snapshot(node("node-2", List.of("192.168.0.2"), List.of(), "10.2.0.0/24"));
        assertEquals(
                new NodeFacts("node-1", "", List.of(), new LocalPods.Unknown(), false, true), resolver.facts(snapshot));
        assertEquals(
                "[127.0.0.1]",
                resolver.settings(snapshot, Set.of()).nodePortAddresses().toString());
    }

    @Test
    void podsAreDetectedAsTheOperatorSays() {
        ClusterSnapshot snapshot = snapshot(node("node-1", List.of(), List.of(), "10.1.0.0/24", "fd00:10:1::/64"));
        assertEquals(
                new LocalPods.BySource(List.of(IpPrefix.parse("10.1.0.0/24"), IpPrefix.parse("fd00:10:1::/64"))),
                detected(new PodDetection.NodeCidr(), snapshot));
        assertEquals(new LocalPods.Unknown(), detected(new PodDetection.ClusterCidr(List.of()), snapshot));
        assertEquals(new LocalPods.ByInterface("cni0"), detected(new PodDetection.BridgeInterface("cni0"), snapshot));
        assertEquals(
                new LocalPods.ByInterfacePrefix("veth"),
                detected(new PodDetection.InterfaceNamePrefix("veth"), snapshot));
    }

    private static LocalPods detected(PodDetection detection, ClusterSnapshot snapshot) {
        return new NodeResolver(policy(detection)).facts(snapshot).localPods();
    }

    @Test
    void detectorsMatchOnlyWhatTheyKnow() {
        IpAddress pod = IpAddress.parse("10.1.2.3");
        LocalPods source = new LocalPods.BySource(PODS);
        assertEquals(
                "true true false",
                source.matches(pod, "eth0") + " " + source.matches(pod, "") + " "
                        + source.matches(IpAddress.parse("11.0.0.1"), "cni0"));
        LocalPods bridge = new LocalPods.ByInterface("cni0");
        assertEquals(
                "true false false",
                bridge.matches(pod, "cni0") + " " + bridge.matches(pod, "") + " " + bridge.matches(pod, "cni01"));
        LocalPods prefix = new LocalPods.ByInterfacePrefix("veth");
        assertEquals(
                "true true false",
                prefix.matches(pod, "veth") + " " + prefix.matches(pod, "veth12") + " " + prefix.matches(pod, ""));
    }
}
