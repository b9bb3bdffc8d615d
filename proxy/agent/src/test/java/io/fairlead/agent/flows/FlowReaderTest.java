package io.fairlead.agent.flows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.SyncEngine;
import io.fairlead.agent.TestCluster;
import io.fairlead.agent.TestNode;
import io.fairlead.agent.dataplane.nftables.NftablesDataplane;
import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.NodePortAddresses;
import io.fairlead.agent.plan.NodeResolver;
import io.fairlead.agent.plan.Plans;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.cluster.model.Node;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.cluster.model.Service;
import io.fairlead.kernel.conntrack.Conntrack;
import io.fairlead.kernel.nft.NetlinkNft;
import io.fairlead.kernel.nft.Nft;
import io.fairlead.runtime.table.JsonWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the kernel knows of connections through our own rules, in a namespace.
 *
 * <p>Confined to the test thread.
 */
class FlowReaderTest {

    private static final Set<IpAddress> ADDRESSES = Set.of(IpAddress.parse("192.168.0.1"));
    private static final Service WEB =
            Plans.service("web", "172.30.0.41").nodePort(30080).build();
    private static final Service DNS = Plans.service("dns", "172.30.0.53", "fd00:172:30::53")
            .port("dns", Protocol.UDP, 53, 0)
            .build();

    private final TestNode host = new TestNode("192.168.0.1", "10.180.0.1", "10.180.0.9", "fd00:10::1");
    private final NftablesDataplane dataplane = host.namespace().run(() -> {
        Nft nft = NetlinkNft.open();
        return new NftablesDataplane(nft, nft.supportsOwnedPersistentTables(), _ -> {});
    });
    private final SyncEngine engine = new SyncEngine(
            dataplane,
            new NodeResolver(new AgentPolicy(
                    "node-1",
                    new AgentPolicy.PodDetection.ClusterCidr(List.of(IpPrefix.parse("10.0.0.0/8"))),
                    false,
                    14,
                    true,
                    NodePortAddresses.DEFAULT)));
    private final TestCluster cluster = new TestCluster(
            new Node("node-1", List.copyOf(ADDRESSES), List.of(), List.of(), "", false, false),
            WEB,
            Plans.slice(WEB, "10.180.0.1@node-1"),
            DNS,
            Plans.slice(DNS, "10.180.0.1@node-1"));
    private final FlowReader reader = new FlowReader(Conntrack::open);

    @BeforeEach
    void serve() throws IOException {
        step();
        host.namespace().run(() -> {
            try (ServerSocketChannel server = ServerSocketChannel.open()) {
                server.bind(TestNode.socket("10.180.0.1", 8080));
                for (String frontend : List.of("172.30.0.41:80", "192.168.0.1:30080")) {
                    String[] parts = frontend.split(":", -1);
                    try (SocketChannel client = SocketChannel.open()) {
                        client.bind(TestNode.socket("10.180.0.9", 10000 + Integer.parseInt(parts[1])));
                        client.connect(TestNode.socket(parts[0], Integer.parseInt(parts[1])));
                        server.accept().close();
                    }
                }
            }
            try (DatagramChannel client = DatagramChannel.open()) {
                client.bind(TestNode.socket("10.180.0.9", 40053));
                client.send(ByteBuffer.allocate(8), TestNode.socket("172.30.0.53", 53));
                // Of no Service.
                client.send(ByteBuffer.allocate(8), TestNode.socket("10.255.0.7", 53));
            }
        });
    }

    private void step() {
        TestCluster.Update update = cluster.fetch();
        assertEquals(
                List.of(),
                engine.apply(update.delta(), update.snapshot(), ADDRESSES)
                        .result()
                        .failures());
    }

    @AfterEach
    void close() {
        cluster.close();
        dataplane.close();
        host.close();
    }

    private FlowsView flows(String filter, int limit) {
        return host.namespace().run(() -> reader.read(ServiceFlows.of(engine, filter), limit));
    }

    private List<String> lines(String filter) {
        return flows(filter, 100).rows().stream()
                .map(row -> row.service() + " " + row.client() + " " + row.frontend() + " " + row.backend() + " "
                        + row.note())
                .toList();
    }

    @Test
    void namesWhatBelongsToServices() {
        assertEquals(
                List.of(
                        "default/dns:dns/udp 10.180.0.9:40053 172.30.0.53:53 10.180.0.1:8080 ",
                        "default/web:http/tcp 10.180.0.9:10080 172.30.0.41:80 10.180.0.1:8080 ",
                        "default/web:http/tcp 10.180.0.9:40080 192.168.0.1:30080 10.180.0.1:8080 "),
                lines(""));
        FlowsView.Row dns = flows("dns", 1).rows().getFirst();
        assertEquals("unanswered", dns.state());
        assertTrue(dns.seconds() > 0 && dns.seconds() <= 600, dns::toString);
    }

    @Test
    void filtersByNameAndByAddress() {
        assertEquals(1, lines("default/dns").size());
        assertEquals(2, lines("web").size());
        assertEquals(3, lines("10.180.0.9").size());
        assertEquals(1, lines("172.30.0.53").size());
        assertEquals(3, lines("10.180.0.1").size());
        assertEquals(List.of(), lines("10.180.0.77"));
    }

    @Test
    void whatNoLongerLeadsToABackendIsMarked() {
        cluster.put(Plans.slice(WEB, "10.180.0.2@node-1"));
        step();
        assertTrue(lines("web").stream().allMatch(line -> line.endsWith(" backend is gone")), lines("web")::toString);
        assertTrue(lines("dns").getFirst().endsWith("10.180.0.1:8080 "));
    }

    @Test
    void moreThanTheLimitAreCounted() {
        FlowsView view = flows("", 1);
        assertEquals(1, view.rows().size());
        assertEquals(2, view.more());
        StringBuilder text = new StringBuilder();
        view.writeText(text);
        assertTrue(text.toString().endsWith("and 2 more; --limit shows more of them\n"), text::toString);
    }

    @Test
    void tableAndJson() {
        FlowsView view = new FlowsView(
                List.of(new FlowsView.Row(
                        "default/web:http/tcp",
                        "10.0.0.5:4000",
                        "172.30.0.41:80",
                        "10.180.0.1:8080",
                        "established",
                        86399,
                        12,
                        3456,
                        "backend is gone")),
                0);
        StringBuilder text = new StringBuilder();
        view.writeText(text);
        assertEquals("""
                SERVICE               CLIENT         FRONTEND        BACKEND          STATE        EXPIRES  PACKETS  BYTES  NOTE
                default/web:http/tcp  10.0.0.5:4000  172.30.0.41:80  10.180.0.1:8080  established  86399 s       12   3456  backend is gone
                """, text.toString());
        StringBuilder json = new StringBuilder();
        view.write(JsonWriter.compact(json));
        assertEquals(
                "{\"flows\":[{\"service\":\"default/web:http/tcp\",\"client\":\"10.0.0.5:4000\","
                        + "\"frontend\":\"172.30.0.41:80\",\"backend\":\"10.180.0.1:8080\",\"state\":\"established\","
                        + "\"expiresSeconds\":86399,\"packets\":12,\"bytes\":3456,\"note\":\"backend is gone\"}],"
                        + "\"more\":0}",
                json.toString());
    }
}
