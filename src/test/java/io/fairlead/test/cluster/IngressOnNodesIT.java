package io.fairlead.test.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.lab.kube.KubeCluster;
import io.fairlead.lab.kube.SelfSignedCertificate;
import io.fairlead.lab.node.KubeNode;
import io.fairlead.lab.topology.DualStack;
import io.fairlead.lab.traffic.LoadReport;
import io.fairlead.lab.traffic.TrafficLoad;
import io.fairlead.test.Poll;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The ingress of the chart as a DaemonSet, reached from outside at addresses of nodes: in the nodes' own network, where a
 * Pod takes the place of the one before, and on host ports. Each case goes on where the one before ended.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class IngressOnNodesIT {

    private static final String HOST = "shop.example.com";
    private static final String STARTED = "true false";
    private static final String READY = "true true";
    private static final String PODS = "--selector=app.kubernetes.io/component=ingress";

    /** The others get no Pod. */
    private static final int EDGES = 2;

    private static final Duration SERVED_MAX = Duration.ofSeconds(20);
    /** A Pod that ends waits for its connections. */
    private static final Duration END_MAX = Duration.ofSeconds(25);

    /** Between two answers of either node. */
    private static final Duration GAP_MAX = Duration.ofSeconds(3);
    /** Several times the period of a probe. */
    private static final Duration PROBED = Duration.ofSeconds(8);

    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final int PER_SECOND = 30;

    @TempDir
    private static Path folder;

    private final Stage stage = new Stage(KubeCluster.Proxy.NFTABLES);
    private final KubeCluster cluster = stage.cluster();
    private final List<KubeNode> edges = cluster.nodes().subList(0, EDGES);
    private SelfSignedCertificate certificate;

    @BeforeAll
    void install() throws IOException {
        stage.install();
        certificate = SelfSignedCertificate.create(folder, "shop", "CN=" + HOST, List.of("dns:" + HOST));
        cluster.apply("""
                apiVersion: v1
                kind: Secret
                metadata: {name: shop}
                type: kubernetes.io/tls
                data: {tls.crt: %s, tls.key: %s}
                """.formatted(base64(certificate.certificate()), base64(certificate.key())));
        cluster.apply(ingress("shop", HOST, "tls: [{hosts: [" + HOST + "], secretName: shop}]"));
        cluster.apply(ingress("plain", "lab", ""));
        edges.forEach(node ->
                cluster.kubectl("label", "node", node.name(), "edge=here").expectSuccess());
    }

    private static String base64(Path file) throws IOException {
        return Base64.getEncoder().encodeToString(Files.readAllBytes(file));
    }

    private static String ingress(String name, String host, String tls) {
        return """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: %s}
                spec:
                  ingressClassName: fairlead
                  %s
                  rules:
                  - host: %s
                    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: shop, port: {number: %d}}}}]}
                """.formatted(name, tls, host, Shop.PORT);
    }

    @AfterAll
    void remove() {
        stage.close();
    }

    @Test
    @Order(1)
    void answersAtTheNodesThatAreChosen() {
        stage.upgrade(
                "--set=ingress.enabled=true",
                "--set=ingress.kind=DaemonSet",
                "--set=ingress.hostNetwork=true",
                "--set=ingress.nodeSelector.edge=here",
                "--set=ingress.shutdownDelaySeconds=1",
                "--set=ingress.drainSeconds=5");
        assertEquals(edgeNames(), pods().values().stream().sorted().toList());
        expectAnswers();
        KubeNode other = cluster.nodes().get(EDGES);
        String said = curl(other.host().addresses().text4(), "http://lab/");
        assertTrue(said.contains("Failed to connect") || said.contains("Could not connect"), said);
    }

    private List<String> edgeNames() {
        return edges.stream().map(KubeNode::name).toList();
    }

    /** The node of each Pod, also of those that end. */
    private SortedMap<String, String> pods() {
        SortedMap<String, String> nodes = new TreeMap<>();
        String lines = stage.said(
                "get",
                "pods",
                PODS,
                "--output=jsonpath={range .items[*]}{.metadata.name} {.spec.nodeName}{\"\\n\"}{end}");
        for (String line : lines.lines().toList()) {
            String[] pod = line.split(" ", -1);
            nodes.put(pod[0], pod[1]);
        }
        return nodes;
    }

    /** At every address of the nodes, with the certificate and without. */
    private void expectAnswers() {
        for (KubeNode node : edges) {
            DualStack addresses = node.host().addresses();
            for (String address : List.of(addresses.text4(), "[" + addresses.text6() + "]")) {
                for (String url : List.of("http://lab/", "https://" + HOST + "/")) {
                    Poll.until(
                            address + " answers " + url,
                            SERVED_MAX,
                            () -> curl(address, url).startsWith("shop-"));
                }
            }
        }
    }

    private String curl(String address, String url) {
        return stage.in(
                cluster.outside(),
                "curl",
                "-sS",
                "--max-time",
                "3",
                "--cacert",
                certificate.certificate().toString(),
                "--connect-to",
                "::" + address + ":",
                url);
    }

    @Test
    @Order(2)
    void statusHasTheAddressesOfItsNodes() {
        Set<String> expected = new TreeSet<>();
        for (KubeNode node : edges) {
            expected.add(node.host().addresses().text4());
            expected.add(node.host().addresses().text6());
        }
        Poll.until("status of an Ingress", SERVED_MAX, () -> published().equals(expected));
    }

    private Set<String> published() {
        String said = cluster.kubectl(
                        "get", "ingress", "shop", "--output=jsonpath={.status.loadBalancer.ingress[*].ip}")
                .expectSuccess()
                .out();
        return new TreeSet<>(List.of(said.split(" ", -1)));
    }

    /** With so little of a processor, it would start for minutes. */
    @Test
    @Order(3)
    void aVersionThatIsNotReadyTakesNoPlace() {
        SortedMap<String, String> before = pods();
        expectNoFailureWhile(http -> {
            stage.beginUpgrade("--set=ingress.resources.requests.cpu=20m", "--set=ingress.resources.limits.cpu=20m");
            Poll.until("another Pod runs", SERVED_MAX, () -> states().contains(STARTED));
            long answered = http.report().answered();
            Poll.until(
                    "probes looked at it several times",
                    SERVED_MAX,
                    () -> http.report().answered() > answered + PROBED.toSeconds() * PER_SECOND);
            assertEquals(List.of(STARTED, READY, READY), states());
            assertTrue(pods().entrySet().containsAll(before.entrySet()), () -> before + ", then " + pods());
            goBack(before);
        });
    }

    private void goBack(SortedMap<String, String> before) {
        Set<String> others = new TreeSet<>(pods().keySet());
        others.removeAll(before.keySet());
        stage.rollBack();
        awaitEnd(others);
        assertEquals(before, pods());
    }

    private void awaitEnd(Set<String> pods) {
        List<String> words = new ArrayList<>(List.of("wait", "pods", "--for=delete"));
        words.add("--timeout=" + END_MAX.toSeconds() + "s");
        words.addAll(pods);
        stage.said(words.toArray(String[]::new));
    }

    /** Of each Pod, whether it is started and whether it is ready. */
    private List<String> states() {
        return stage.said(
                        "get",
                        "pods",
                        PODS,
                        "--output=jsonpath={range .items[*].status.containerStatuses[0]}{.started} {.ready}{\"\\n\"}{end}")
                .lines()
                .sorted()
                .toList();
    }

    /** Asks both nodes with TLS and without, from outside. */
    private void expectNoFailureWhile(Consumer<TrafficLoad> change) {
        List<TlsLoad> secure = edges.stream()
                .map(node -> new InetSocketAddress(node.host().addresses().v4(), 443))
                .map(target -> TlsLoad.start(cluster.outside(), target, HOST))
                .toList();
        try (TrafficLoad http = http()) {
            change.accept(http);
            LoadReport report = http.finish();
            assertTrue(report.answered() > PER_SECOND, report::toString);
            assertEquals(0, report.failed(), report::toString);
            secure.forEach(TlsLoad::expectNoFailure);
        } finally {
            secure.forEach(TlsLoad::close);
        }
    }

    private TrafficLoad http() {
        List<InetSocketAddress> targets = new ArrayList<>();
        for (KubeNode node : edges) {
            DualStack addresses = node.host().addresses();
            targets.add(new InetSocketAddress(addresses.v4(), 80));
            targets.add(new InetSocketAddress(addresses.v6(), 80));
        }
        return TrafficLoad.start(
                List.of(cluster.outside()),
                new TrafficLoad.Settings(targets, PER_SECOND, Duration.ofSeconds(58), TIMEOUT));
    }

    /** Both versions serve on a node when it is decided, and the one before is not in the way of what comes later. */
    @Test
    @Order(4)
    void goingBackInTheMiddleFailsNoRequest() {
        SortedMap<String, String> before = pods();
        expectNoFailureWhile(http -> {
            minReadySeconds(25);
            stage.beginUpgrade("--set=ingress.metricsLabelsMax=600");
            Poll.until("another Pod serves", SERVED_MAX, () -> states().equals(List.of(READY, READY, READY)));
            goBack(before);
            minReadySeconds(0);
        });
    }

    private void minReadySeconds(int seconds) {
        stage.said("patch", "daemonset/fairlead-ingress", "--patch={\"spec\": {\"minReadySeconds\": " + seconds + "}}");
    }

    @Test
    @Order(5)
    void anUpdateFailsNoRequest() {
        SortedMap<String, String> before = pods();
        expectNoFailureWhile(http -> {
            List<PodLog> logs = logs(before);
            stage.upgrade("--set=ingress.metricsLabelsMax=500");
            awaitEnd(before.keySet());
            for (PodLog log : logs) {
                String text = log.read();
                assertTrue(text.contains("another process serves in this one's place"), text);
            }
        });
        for (PodLog log : logs(pods())) {
            String text = log.read();
            assertTrue(text.contains("HTTP is taken over") && text.contains("HTTPS is taken over"), text);
        }
    }

    private List<PodLog> logs(SortedMap<String, String> pods) {
        return pods.entrySet().stream()
                .map(pod -> PodLog.open(cluster.node(pod.getValue()), pod.getKey()))
                .toList();
    }

    /**
     * The log of the container of a Pod in kube-system, opened while it is there: it can be read when the Pod is gone.
     *
     * <p>Confined to the test thread.
     */
    private record PodLog(InputStream in) {

        static PodLog open(KubeNode node, String pod) {
            try (DirectoryStream<Path> found =
                    Files.newDirectoryStream(node.folder().resolve("log/pods"), "kube-system_" + pod + "_*")) {
                return new PodLog(Files.newInputStream(found.iterator().next().resolve("ingress/0.log")));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        String read() {
            try (in) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Test
    @Order(6)
    void hostPortsAnswer() {
        SortedMap<String, String> before = pods();
        stage.upgrade("--set=ingress.hostNetwork=false");
        awaitEnd(before.keySet());
        expectAnswers();
    }

    /** Whoever goes on to the next node finds one. */
    @Test
    @Order(7)
    void hostPortsAreWithoutOnePodAtATime() {
        SortedMap<String, String> before = pods();
        try (TrafficLoad http = http()) {
            stage.upgrade("--set=ingress.metricsLabelsMax=400");
            awaitEnd(before.keySet());
            LoadReport report = http.finish();
            assertTrue(report.longestGap().compareTo(GAP_MAX) < 0, report::toString);
        }
        expectAnswers();
    }
}
