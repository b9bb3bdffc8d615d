package io.fairlead.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.agent.view.AgentViews;
import io.fairlead.agent.view.FlowParser;
import io.fairlead.agent.view.ProcessStatus;
import io.fairlead.agent.view.SourceStatus;
import io.fairlead.agent.view.StatusView;
import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.runtime.table.JsonWriter;
import io.fairlead.runtime.table.View;
import io.fairlead.runtime.table.YamlWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What {@code services}, {@code endpoints}, {@code status} and {@code explain} show of a small cluster.
 *
 * <p>Confined to the test thread.
 */
class AgentViewsTest {

    private final SmallCluster small = new SmallCluster();

    @AfterEach
    void close() {
        small.close();
    }

    private static String text(View view) {
        StringBuilder text = new StringBuilder();
        view.writeText(text);
        return text.toString();
    }

    private static String json(View view) {
        StringBuilder text = new StringBuilder();
        view.write(JsonWriter.compact(text));
        return text.toString().strip();
    }

    private View explain(String from, String to) {
        return AgentViews.explain(small.engine, new FlowParser(small.engine).parse(from, to, ""));
    }

    @Test
    void services() {
        assertEquals("""
                SERVICE                  FRONTEND                  KIND          ROUTING                BACKENDS  HERE  AFFINITY
                default/dns:dns/udp      172.30.0.10:53/udp        ClusterIP     masquerade-unless-pod         1     0  600 s
                default/dns:dns-tcp/tcp  172.30.0.10:53/tcp        ClusterIP     masquerade-unless-pod         1     0  600 s
                default/dns:dns/udp      [fd00:172:30::10]:53/udp  ClusterIP     reject                        0     0  600 s
                default/dns:dns-tcp/tcp  [fd00:172:30::10]:53/tcp  ClusterIP     reject                        0     0  600 s
                default/web:http/tcp     172.30.0.41:80/tcp        ClusterIP     masquerade-unless-pod         2     1  -
                default/web:http/tcp     5.6.7.8:80/tcp            LoadBalancer  preserve-source               2     1  -
                default/web:http/tcp     node:30080/tcp            NodePort      preserve-source               2     1  -
                """, text(AgentViews.services(small.engine, "")));
    }

    @Test
    void servicesAsJson() {
        assertEquals(
                "{\"services\":[{\"namespace\":\"default\",\"name\":\"web\",\"port\":\"http\",\"protocol\":\"tcp\","
                        + "\"family\":\"IPv4\",\"selection\":\"ready endpoints\",\"affinitySeconds\":0,\"frontends\":["
                        + "{\"address\":\"172.30.0.41\",\"port\":80,\"kind\":\"ClusterIP\","
                        + "\"routing\":\"masquerade-unless-pod\",\"sourceRanges\":[]},"
                        + "{\"address\":\"5.6.7.8\",\"port\":80,\"kind\":\"LoadBalancer\",\"routing\":\"preserve-source\","
                        + "\"sourceRanges\":[\"203.0.113.0/24\"]},"
                        + "{\"address\":\"node\",\"port\":30080,\"kind\":\"NodePort\",\"routing\":\"preserve-source\","
                        + "\"sourceRanges\":[]}],"
                        + "\"backends\":[{\"address\":\"10.180.0.1\",\"port\":8080,\"local\":true},"
                        + "{\"address\":\"10.180.0.2\",\"port\":8080,\"local\":false}]}]}",
                json(AgentViews.services(small.engine, "web")));
    }

    @Test
    void endpoints() {
        assertEquals("""
                SERVICE                  ENDPOINT         NODE    CONDITION             USED
                default/dns:dns/udp      10.180.0.9:8080  node-2  ready                 yes
                default/dns:dns-tcp/tcp  10.180.0.9:8080  node-2  ready                 yes
                default/web:http/tcp     10.180.0.1:8080  node-1  ready                 all and local traffic
                default/web:http/tcp     10.180.0.2:8080  node-2  ready                 yes
                default/web:http/tcp     10.180.0.3:8080  node-2  terminating, serving  no: terminating, serving
                default/web:http/tcp     10.180.0.4:8080  node-1  not ready             no: not ready
                """, text(AgentViews.endpoints(small.engine, "")));
        assertEquals(
                "{\"endpoints\":[{\"service\":\"default/dns:dns/udp\",\"endpoint\":\"10.180.0.9:8080\","
                        + "\"node\":\"node-2\",\"condition\":\"ready\",\"used\":\"yes\"},"
                        + "{\"service\":\"default/dns:dns-tcp/tcp\",\"endpoint\":\"10.180.0.9:8080\","
                        + "\"node\":\"node-2\",\"condition\":\"ready\",\"used\":\"yes\"}]}",
                json(AgentViews.endpoints(small.engine, "default/dns")));
    }

    private static final Instant NOW = Instant.parse("2026-01-01T00:01:00Z");
    private static final ProcessStatus PROCESS = new ProcessStatus(
            Duration.ofHours(3), 96L << 20, 20L << 20, 96L << 20, 123, 262144, "1.0", 1, "6.12", "25");

    private View status(String state, StatusView.Sync sync, SourceStatus source, ProcessStatus process) {
        StatusView.Agent agent = new StatusView.Agent("node-1", "nftables", state, NOW);
        return AgentViews.status(
                small.engine, SmallCluster.POLICY, agent, sync, source, process, List.of("kube-proxy runs here too"));
    }

    @Test
    void statusWhenAllIsWell() {
        StatusView.Times times =
                new StatusView.Times(64, Duration.ofMillis(3), Duration.ofNanos(2_200_000), Duration.ofMillis(12));
        StatusView.Sync sync =
                new StatusView.Sync(Optional.of(Instant.parse("2026-01-01T00:00:00Z")), Duration.ZERO, times);
        SourceStatus.Manifests manifests = new SourceStatus.Manifests("cluster", 3, 0, true);
        assertEquals("""
                node        node-1, nftables
                state       in-sync
                last sync   2026-01-01T00:00:00Z; changes took 3.0 ms (median 2.2, longest 12.0 of the last 64)
                services    2 with 7 frontends
                source      manifests in cluster, files: 3
                process     up for 3 h 0 min, 96 MiB resident, heap 20 of 96 MiB
                conntrack   123 of 262144 entries
                versions    Fairlead 1.0, table layout 1, Linux 6.12, Java 25
                set aside   0
                warning     kube-proxy runs here too
                """, text(status("in-sync", sync, manifests, PROCESS)));
    }

    @Test
    void statusNamesWhatIsWrong() {
        small.trouble();
        small.cluster.delete(ClusterKind.NODE, new ObjectName("", "node-1"));
        small.step();
        StatusView.Sync sync = new StatusView.Sync(Optional.empty(), Duration.ofSeconds(75), StatusView.Times.NONE);
        SourceStatus.Api api = new SourceStatus.Api(List.of(
                new SourceStatus.Kind("Service", true, NOW.minusSeconds(40), "connection lost"),
                new SourceStatus.Kind("Node", false, Instant.EPOCH, "not asked yet")));
        ProcessStatus full = new ProcessStatus(Duration.ZERO, 0, 0, 0, 250, 256, "1.0", 1, "6.12", "25");
        View status = status("failing", sync, api, full);
        assertEquals("""
                node        node-1, nftables
                state       failing
                lag         the oldest change has been waiting for 1 min
                last sync   -
                services    3 with 8 frontends
                source      Kubernetes API: 1 of 2 kinds listed
                trouble     Service: connection lost; last heard of 40 s ago
                trouble     Node: not asked yet
                process     up for 0.0 ms, 0 MiB resident, heap 0 of 0 MiB
                conntrack   250 of 256 entries
                versions    Fairlead 1.0, table layout 1, Linux 6.12, Java 25
                set aside   2
                warning     there is no Node object node-1: NodePorts are served without the node's primary addresses,\
                 topology hints do not apply
                warning     5.6.7.8:80/tcp is claimed by 2 ports; default/web:http/tcp (LoadBalancer) has it
                warning     the conntrack table is nearly full: the kernel will drop new flows
                warning     kube-proxy runs here too

                KIND     NAME           WHERE       REASON
                Service  default/bad    bad.yaml:7  spec.ports[0].port: is missing
                Service  default/twice  plan        spec.ports[1].name: another port of the same protocol is named 'http'
                """, text(status));
        assertEquals(
                "{\"node\":\"node-1\",\"mode\":\"nftables\",\"state\":\"failing\",\"time\":\"2026-01-01T00:01:00Z\","
                        + "\"lastSync\":\"\",\"lagSeconds\":75.0,\"recentChanges\":{\"count\":0,\"lastSeconds\":0.0,"
                        + "\"medianSeconds\":0.0,\"maxSeconds\":0.0},\"services\":3,\"frontends\":8,"
                        + "\"source\":{\"type\":\"kubernetes\",\"kinds\":[{\"kind\":\"Service\",\"listed\":true,"
                        + "\"lastContact\":\"2026-01-01T00:00:20Z\",\"trouble\":\"connection lost\"},"
                        + "{\"kind\":\"Node\",\"listed\":false,\"lastContact\":\"1970-01-01T00:00:00Z\","
                        + "\"trouble\":\"not asked yet\"}]},\"uptimeSeconds\":0,"
                        + "\"memory\":{\"residentBytes\":0,\"heapBytes\":0,\"heapBytesMax\":0},"
                        + "\"conntrack\":{\"entries\":250,\"entriesMax\":256},"
                        + "\"versions\":{\"fairlead\":\"1.0\",\"layout\":1,\"kernel\":\"6.12\",\"java\":\"25\"},"
                        + "\"setAside\":[{\"kind\":\"Service\",\"name\":\"default/bad\","
                        + "\"where\":\"bad.yaml:7\",\"reason\":\"spec.ports[0].port: is missing\"},"
                        + "{\"kind\":\"Service\",\"name\":\"default/twice\",\"where\":\"plan\",\"reason\":"
                        + "\"spec.ports[1].name: another port of the same protocol is named 'http'\"}],"
                        + "\"warnings\":[\"there is no Node object node-1: NodePorts are served without the node's"
                        + " primary addresses, topology hints do not apply\",\"5.6.7.8:80/tcp is claimed by 2 ports;"
                        + " default/web:http/tcp (LoadBalancer) has it\",\"the conntrack table is nearly full: the"
                        + " kernel will drop new flows\",\"kube-proxy runs here too\"]}",
                json(status));
    }

    @Test
    void yamlSaysTheSame() {
        StringBuilder text = new StringBuilder();
        AgentViews.endpoints(small.engine, "default/dns").write(YamlWriter.of(text));
        assertEquals("""
                endpoints:
                  - service: default/dns:dns/udp
                    endpoint: "10.180.0.9:8080"
                    node: node-2
                    condition: ready
                    used: "yes"
                  - service: default/dns:dns-tcp/tcp
                    endpoint: "10.180.0.9:8080"
                    node: node-2
                    condition: ready
                    used: "yes"
                """, text.toString());
    }

    @Test
    void explainsAForwardedFlow() {
        assertEquals("""
                10.180.0.1 -> 172.30.0.41:80/tcp
                  - 172.30.0.41:80/tcp is the ClusterIP of default/web:http/tcp
                  - a pod's source is kept
                  - ready endpoints: 2
                => forwarded to one of 2
                BACKEND          WHERE         PROBABILITY  SOURCE
                10.180.0.1:8080  this node          50.0 %  becomes this node (it reaches itself)
                10.180.0.2:8080  another node       50.0 %  kept
                """, text(explain("10.180.0.1", "default/web")));
        assertEquals(
                "{\"source\":\"10.180.0.1\",\"destination\":\"172.30.0.41\",\"port\":80,\"protocol\":\"tcp\","
                        + "\"service\":\"default/web:http/tcp\",\"kind\":\"ClusterIP\",\"reasons\":["
                        + "\"172.30.0.41:80/tcp is the ClusterIP of default/web:http/tcp\",\"a pod's source is kept\","
                        + "\"ready endpoints: 2\"],\"verdict\":\"forward\",\"backends\":["
                        + "{\"address\":\"10.180.0.1\",\"port\":8080,\"local\":true,\"probability\":0.5,"
                        + "\"masquerade\":true},{\"address\":\"10.180.0.2\",\"port\":8080,\"local\":false,"
                        + "\"probability\":0.5,\"masquerade\":false}]}",
                json(explain("10.180.0.1", "default/web")));
    }

    @Test
    void explainsOtherVerdicts() {
        assertEquals("""
                198.51.100.1 -> 5.6.7.8:80/tcp
                  - 5.6.7.8:80/tcp is the LoadBalancer of default/web:http/tcp
                  - 198.51.100.1 is in none of loadBalancerSourceRanges
                => dropped
                """, text(explain("198.51.100.1", "5.6.7.8:80")));
        assertEquals("""
                fd00:10::77 -> [fd00:172:30::10]:53/udp
                  - [fd00:172:30::10]:53/udp is the ClusterIP of default/dns:dns/udp
                  - no usable endpoint anywhere
                => rejected
                """, text(explain("fd00:10::77", "default/dns/udp")));
        assertEquals(
                "{\"source\":\"192.168.0.1\",\"destination\":\"198.51.100.1\",\"port\":80,\"protocol\":\"tcp\","
                        + "\"reasons\":[\"not a frontend: not Service traffic\"],\"verdict\":\"pass\"}",
                json(explain("node", "198.51.100.1:80")));
    }
}
