package io.fairlead.agent;

import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.NodePortAddresses;
import io.fairlead.agent.plan.NodeResolver;
import io.fairlead.agent.plan.Plans;
import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.cluster.model.Node;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.cluster.model.Service;
import io.fairlead.cluster.model.ServiceCidr;
import java.util.List;
import java.util.Set;

/**
 * A node with a handful of Services, stepped by hand, for tests of what the agent shows.
 *
 * <p>Confined to the test thread.
 */
final class SmallCluster implements AutoCloseable {

    static final AgentPolicy POLICY = new AgentPolicy(
            "node-1",
            new AgentPolicy.PodDetection.ClusterCidr(
                    List.of(IpPrefix.parse("10.0.0.0/8"), IpPrefix.parse("fd00:10::/32"))),
            false,
            14,
            true,
            NodePortAddresses.DEFAULT);

    /** For what is tested without Events. */
    static final AgentEvents NO_EVENTS = new AgentEvents("node-1", _ -> {});

    static final Set<IpAddress> ADDRESSES = Set.of(IpAddress.parse("192.168.0.1"), IpAddress.parse("fd00:c0a8::1"));

    static final Service WEB = Plans.service("web", "172.30.0.41")
            .nodePort(30080)
            .loadBalancer("5.6.7.8")
            .sourceRange("203.0.113.0/24")
            .externalLocal()
            .build();
    static final Service DNS = Plans.service("dns", "172.30.0.10", "fd00:172:30::10")
            .port("dns", Protocol.UDP, 53, 0)
            .port("dns-tcp", Protocol.TCP, 53, 0)
            .affinity(600)
            .build();

    final ScriptedDataplane dataplane = new ScriptedDataplane();
    final SyncEngine engine = new SyncEngine(dataplane, new NodeResolver(POLICY));
    final TestCluster cluster = new TestCluster(
            node(),
            new ServiceCidr("kubernetes", List.of(IpPrefix.parse("172.30.0.0/16"))),
            WEB,
            Plans.slice(
                    WEB,
                    List.of(
                            Plans.endpoint("10.180.0.1", true, true, false, "node-1"),
                            Plans.endpoint("10.180.0.2", true, true, false, "node-2"),
                            Plans.endpoint("10.180.0.3", false, true, true, "node-2"),
                            Plans.endpoint("10.180.0.4", false, false, false, "node-1"))),
            DNS,
            Plans.slice(DNS, "10.180.0.9@node-2"));

    SmallCluster() {
        step();
    }

    static Node node() {
        return new Node("node-1", List.copyOf(ADDRESSES), List.of(), List.of(), "zone-a", false, false);
    }

    SyncEngine.Step step() {
        TestCluster.Update update = cluster.fetch();
        return engine.apply(update.delta(), update.snapshot(), ADDRESSES);
    }

    /** A broken manifest, a clash, and a Service that contradicts itself. */
    void trouble() {
        cluster.setAside(
                ClusterKind.SERVICE, new ObjectName("default", "bad"), "bad.yaml:7", "spec.ports[0].port: is missing");
        cluster.put(
                Plans.service("clash", "172.30.0.50").externalIp("5.6.7.8").build(),
                Plans.service("twice", "172.30.0.51")
                        .port("http", Protocol.TCP, 80, 0)
                        .port("http", Protocol.TCP, 81, 0)
                        .build());
        step();
    }

    @Override
    public void close() {
        cluster.close();
    }
}
