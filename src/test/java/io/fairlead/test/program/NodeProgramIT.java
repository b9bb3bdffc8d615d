package io.fairlead.test.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.test.Poll;
import io.fairlead.test.netns.EchoServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The agent's life as a process: pages, signals, its lock, and the end of all that it left.
 *
 * <p>Confined to the test thread.
 */
@Timeout(60)
final class NodeProgramIT {

    private static final int HEALTH_PORT = 10256;
    private static final int METRICS_PORT = 10249;
    private static final int UNAVAILABLE = 69;
    private static final Duration STOP_MAX = Duration.ofSeconds(2);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(20);

    private final SampleNode node = new SampleNode();

    @AfterEach
    void remove() {
        node.close();
    }

    @Test
    void pagesTellHowTheAgentIs() {
        Program agent = node.startAgent();
        assertEquals("ready\n\n200", node.page(HEALTH_PORT, "/readyz"));
        String health = node.page(HEALTH_PORT, "/healthz");
        assertTrue(health.contains("\"nodeEligible\":true") && health.endsWith("200"), health);
        String live = node.page(HEALTH_PORT, "/livez");
        assertTrue(live.contains("\"lastUpdated\":\"") && live.endsWith("200"), live);
        assertTrue(node.page(HEALTH_PORT, "/other").endsWith("404"));
        String metrics = node.page(METRICS_PORT, "/metrics");
        assertTrue(metrics.contains("\nfairlead_services 1.0\n") && metrics.endsWith("200"), metrics);
        assertTrue(metrics.contains("\nfairlead_set_aside_objects 0.0\n"), metrics);
        assertTrue(metrics.contains("\nkubeproxy_proxy_healthz_total{code=\"200\"} 1.0\n"), metrics);
        assertTrue(metrics.contains("\nkubeproxy_sync_proxy_rules_service_changes_total 1.0\n"), metrics);
        assertTrue(metrics.contains("\nkubeproxy_sync_proxy_rules_service_changes_pending 0.0\n"), metrics);
        assertEquals("ok\n200", node.page(METRICS_PORT, "/healthz"));
        assertEquals("nftables\n200", node.page(METRICS_PORT, "/proxyMode"));
        assertTrue(agent.isAlive());
    }

    @Test
    void anAgentWithoutItsSourceIsHealthyButNotReadyAndTouchesNothing() throws IOException {
        Path kubeconfig = Files.writeString(node.manifests().resolveSibling("kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: gone, cluster: {server: "http://127.0.0.1:1"}}]
                users: [{name: nobody, user: {}}]
                contexts: [{name: gone, context: {cluster: gone, user: nobody}}]
                current-context: gone
                """);
        List<String> line = new ArrayList<>(Fairlead.line("proxy", "--node-name", "node-1"));
        line.addAll(List.of("--kubeconfig", kubeconfig.toString(), "--run-dir", node.runDir()));
        Program agent = node.start(line);
        agent.awaitText("no answer from http://127.0.0.1:1", START_TIMEOUT);
        agent.awaitText("node node-1: nftables", START_TIMEOUT);
        assertTrue(node.page(HEALTH_PORT, "/readyz").endsWith("503"));
        assertTrue(node.page(HEALTH_PORT, "/healthz").endsWith("200"));
        assertTrue(node.page(HEALTH_PORT, "/livez").endsWith("200"));
        Program.Ended status = node.ask("status");
        assertTrue(status.exitCode() == 0 && status.out().contains("starting"), status::toString);
        assertEquals("", node.rules());
        agent.signal("TERM");
        Program.Ended end = agent.awaitEnd(STOP_MAX);
        assertEquals(0, end.exitCode(), end::toString);
        assertEquals("", node.rules());
    }

    @Test
    void sigtermEndsItAtOnceAndTheRulesStay() {
        Program agent = node.startAgent();
        node.expectRouted();
        String rules = ownerless(node.rules());
        agent.signal("TERM");
        Program.Ended end = agent.awaitEnd(STOP_MAX);
        assertEquals(0, end.exitCode(), end::toString);
        assertEquals(rules, ownerless(node.rules()));
        node.expectRouted();
        assertEquals(UNAVAILABLE, node.ask("status").exitCode());
    }

    @Test
    void loadBalancersAreToldOfEndpointsOnTheNode() throws IOException {
        node.startAgent();
        Files.writeString(node.manifests().resolve("balanced.yaml"), """
                apiVersion: v1
                kind: Service
                metadata: {name: balanced, namespace: default}
                spec:
                  type: LoadBalancer
                  externalTrafficPolicy: Local
                  healthCheckNodePort: 31000
                  clusterIP: 172.30.0.99
                  clusterIPs: [172.30.0.99]
                  ports: [{name: http, port: 80, nodePort: 30099}]
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata:
                  name: balanced
                  namespace: default
                  labels: {kubernetes.io/service-name: balanced}
                addressType: IPv4
                endpoints: [{addresses: [10.180.0.77], nodeName: node-1}]
                ports: [{name: http, port: 8080}]
                """);
        Poll.until(
                "the endpoint is told", START_TIMEOUT, () -> status(31000, "/").equals("200"));
        String answer = node.page(31000, "/any/path");
        assertTrue(answer.contains("\"localEndpoints\": 1"), answer);
        Files.delete(node.manifests().resolve("balanced.yaml"));
        Poll.until("the port is closed", START_TIMEOUT, () -> status(31000, "/").equals("000"));
    }

    /** The status of a page, 000 if nobody answers. */
    private String status(int port, String path) {
        String url = "http://127.0.0.1:" + port + path;
        return node.tool("sh", "-c", "curl -s -m 5 -o /dev/null -w '%{http_code}' " + url + " || true");
    }

    /** Without what the kernel says of the process that owns the tables. */
    private static String ownerless(String rules) {
        return rules.replaceAll("(?m)^\\tflags .*\\R| # progname .*$", "");
    }

    @Test
    void secondAgentSaysWhoRuns() {
        Program agent = node.startAgent();
        List<String> other = new ArrayList<>(node.agentLine());
        // Another folder and other ports do not make it another network namespace.
        other.addAll(List.of("--run-dir", node.runDir() + "-2", "--healthz-bind-address", "127.0.0.1:1"));
        Program.Ended second = Fairlead.end(node.start(other));
        assertEquals(UNAVAILABLE, second.exitCode(), second::toString);
        assertEquals(1, second.err().lines().count(), second::toString);
        assertTrue(second.err().contains("another agent (process " + agent.pid() + ")"), second::toString);
        node.expectRouted();
    }

    @Test
    void portThatIsTakenIsNamedAndTriedAgain() {
        try (EchoServer _ = new EchoServer(node.namespace(), List.of(), List.of(HEALTH_PORT), List.of())) {
            Program agent = node.startAgent();
            agent.awaitText("no health page, to be retried: ", START_TIMEOUT);
            agent.awaitText("port " + HEALTH_PORT, START_TIMEOUT);
            node.expectRouted();
        }
        Poll.until(
                "the page is there",
                START_TIMEOUT,
                () -> status(HEALTH_PORT, "/readyz").equals("200"));
    }

    @Test
    void portThatMustNotBeTakenEndsTheAgentBeforeItTouchesAnything() {
        try (EchoServer _ = new EchoServer(node.namespace(), List.of(), List.of(HEALTH_PORT), List.of())) {
            List<String> line = new ArrayList<>(node.agentLine());
            line.add("--bind-address-hard-fail");
            Program.Ended end = Fairlead.end(node.start(line));
            assertEquals(UNAVAILABLE, end.exitCode(), end::toString);
            assertTrue(end.err().contains("port " + HEALTH_PORT), end::toString);
        }
        assertEquals("", node.rules());
    }

    /** The file of kube-proxy's ConfigMap, as kubeadm writes it, but for what names this lab. */
    @Test
    void kubeProxysOwnFileIsObeyed() throws IOException {
        Path file = Files.writeString(node.manifests().resolveSibling("config.conf"), """
                apiVersion: kubeproxy.config.k8s.io/v1alpha1
                kind: KubeProxyConfiguration
                bindAddress: 0.0.0.0
                bindAddressHardFail: false
                clientConnection:
                  kubeconfig: /var/lib/kube-proxy/kubeconfig.conf
                clusterCIDR: 10.0.0.0/8
                conntrack: {maxPerCore: 0, min: null, tcpEstablishedTimeout: 2h0m0s}
                healthzBindAddress: 0.0.0.0:10356
                hostnameOverride: node-1
                metricsBindAddress: 127.0.0.1:10349
                mode: nftables
                nftables: {masqueradeBit: 15, minSyncPeriod: 1s}
                """);
        List<String> line = new ArrayList<>(Fairlead.line("proxy", "--config", file.toString()));
        line.addAll(List.of("--manifests", node.manifests().toString(), "--run-dir", node.runDir()));
        Program agent = node.start(line);
        agent.awaitText("ready:", START_TIMEOUT);
        node.expectRouted();
        assertEquals("200", status(10356, "/readyz"));
        assertEquals("nftables\n200", node.page(10349, "/proxyMode"));
        assertTrue(node.rules().contains("0x00008000"), node.rules());
        assertEquals("7200\n", node.tool("cat", "/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established"));
        assertTrue(
                node.ask("status").out().contains("node-1"),
                () -> node.ask("status").out());
    }

    @Test
    void whatNeedsTheRightsOfRootIsDoneBeforehand() {
        List<String> line = new ArrayList<>(Fairlead.line("proxy", "--init-only", "--conntrack-max-per-core", "0"));
        line.addAll(List.of("--conntrack-tcp-timeout-close-wait", "30m", "--oom-score-adj", "0"));
        Program.Ended end = Fairlead.end(node.start(line));
        assertEquals(0, end.exitCode(), end::toString);
        assertEquals("1800\n", node.tool("cat", "/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_close_wait"));
        assertEquals("1\n", node.tool("cat", "/proc/sys/net/ipv4/conf/all/route_localnet"));
        assertEquals("", node.rules());
    }

    @Test
    void eventsAreFilesWhereThereIsNoApi() {
        Path directory = node.manifests().resolveSibling("status");
        Path events = directory.resolve("events/default");
        List<String> line = new ArrayList<>(node.agentLine());
        line.addAll(List.of("--status-dir", directory.toString()));
        Program agent = node.start(line);
        agent.awaitText("ready:", START_TIMEOUT);
        node.write("bad.yaml", """
                apiVersion: v1
                kind: Service
                metadata: {name: bad}
                spec: {clusterIP: 172.30.0.66, ports: [{port: 70000}]}
                """);
        Poll.until("Events as files", START_TIMEOUT, () -> texts(events).contains("reason: SetAside"));
        String texts = texts(events);
        assertTrue(texts.contains("reason: Starting") && texts.contains("name: bad\n"), texts);
        assertTrue(texts.contains("70000 is not a port"), texts);
    }

    private static String texts(Path folder) {
        StringBuilder texts = new StringBuilder();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".yaml")).toList()) {
                texts.append(Files.readString(file));
            }
        } catch (IOException e) {
            return e.toString();
        }
        return texts.toString();
    }

    @Test
    void withoutPrivilegesOneSentenceAndNothingDone() {
        List<String> once = new ArrayList<>(Fairlead.line("proxy", "--once"));
        once.addAll(List.of("--manifests", Fairlead.SAMPLE.toString(), "--node-name", "node-1"));
        List<String> serve = new ArrayList<>(once);
        serve.remove("--once");
        serve.addAll(List.of("--run-dir", node.runDir()));
        for (List<String> line : List.of(once, serve, Fairlead.line("cleanup"))) {
            Program.Ended end = Fairlead.end(node.start(Fairlead.withoutPrivileges(line)));
            assertEquals(UNAVAILABLE, end.exitCode(), end::toString);
            assertEquals(1, end.err().lines().count(), end::toString);
            assertTrue(end.err().contains("CAP_NET_ADMIN missing"), end::toString);
            assertEquals("", end.out(), end::toString);
        }
        assertEquals("", node.rules());
        assertFalse(Files.exists(Path.of(node.runDir())), "it has made a folder");
    }

    @Test
    void cleanupRemovesEverythingAndSaysWhat() {
        String untouched = node.tool("sysctl", "net.ipv4.conf.all.route_localnet");
        node.tool("nft", "add", "table", "ip", "somebody-elses");
        Program agent = node.startAgent();
        Program.Ended tooEarly = Fairlead.runIn(node.namespace(), "cleanup");
        assertEquals(1, tooEarly.exitCode(), tooEarly::toString);
        assertTrue(tooEarly.err().contains("the agent (process " + agent.pid() + ") runs"), tooEarly::toString);
        node.expectRouted();
        agent.signal("TERM");
        agent.awaitEnd(STOP_MAX);
        Program.Ended first = Fairlead.runIn(node.namespace(), "cleanup");
        assertEquals(0, first.exitCode(), first::toString);
        assertEquals("removed: nftables tables ip fairlead and ip6 fairlead\n", first.out());
        assertEquals("table ip somebody-elses {\n}\n", node.rules());
        assertEquals(untouched, node.tool("sysctl", "net.ipv4.conf.all.route_localnet"));
        Program.Ended second = Fairlead.runIn(node.namespace(), "cleanup");
        assertEquals(0, second.exitCode(), second::toString);
        assertEquals("nothing to remove\n", second.out());
    }

    @Test
    void onceSyncsAndEnds() {
        List<String> line = new ArrayList<>(node.agentLine());
        line.add("--once");
        Program.Ended first = Fairlead.end(node.start(line));
        assertEquals(0, first.exitCode(), first::toString);
        assertTrue(first.out().contains("default/web"), first::toString);
        node.expectRouted();
        Program.Ended again = Fairlead.end(node.start(line));
        assertEquals(0, again.exitCode(), again::toString);
        assertTrue(again.out().contains("0 elements changed"), again::toString);
    }
}
