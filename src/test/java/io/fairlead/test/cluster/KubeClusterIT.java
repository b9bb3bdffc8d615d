package io.fairlead.test.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.lab.kube.ClusterImages;
import io.fairlead.lab.kube.Judges;
import io.fairlead.lab.kube.KubeCluster;
import io.fairlead.lab.kube.KubePod;
import io.fairlead.lab.kube.KubeTool;
import io.fairlead.lab.node.KubeNode;
import io.fairlead.lab.run.LabRun;
import io.fairlead.lab.topology.DualStack;
import io.fairlead.lab.topology.Host;
import io.fairlead.lab.traffic.LoadReport;
import io.fairlead.lab.traffic.Probe;
import io.fairlead.lab.traffic.ProbeResult;
import io.fairlead.lab.traffic.TrafficLoad;
import io.fairlead.lab.traffic.Transport;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * The cluster that tests of Fairlead stand on is right without it: three real nodes, the real kube-proxy and CoreDNS.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KubeClusterIT {

    private static final Judges JUDGES =
            new Judges(Path.of("../../target/judges").toAbsolutePath().normalize());

    private static final int NODES = 3;
    private static final Duration READY_MAX = Duration.ofSeconds(60);
    private static final Duration ROUTED_MAX = Duration.ofSeconds(15);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final DualStack CLUSTER_IPS = DualStack.of("172.30.0.80", "fd00:172:30::80");
    private static final int PORT = 80;
    private static final int NODE_PORT = 30080;
    private static final int QUESTIONS = 40;

    private static final String WEB = """
            apiVersion: apps/v1
            kind: DaemonSet
            metadata: {name: web}
            spec:
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  containers:
                  - name: pod
                    image: %s
                    readinessProbe: {httpGet: {path: /readyz, port: 8080}, periodSeconds: 1}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec:
              type: NodePort
              clusterIP: %s
              clusterIPs: [%s, "%s"]
              ipFamilyPolicy: RequireDualStack
              selector: {app: web}
              ports: [{port: %d, targetPort: 8080, nodePort: %d}]
            """.formatted(
                    ClusterImages.POD, CLUSTER_IPS.text4(), CLUSTER_IPS.text4(), CLUSTER_IPS.text6(), PORT, NODE_PORT);

    private static final Inet4Address ROLLED_IP = Inet4Address.ofLiteral("172.30.0.81");

    private static final String ROLLED = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: rolled}
            spec:
              replicas: 2
              strategy:
                rollingUpdate: {maxUnavailable: 0, maxSurge: 1}
              selector: {matchLabels: {app: rolled}}
              template:
                metadata: {labels: {app: rolled}}
                spec:
                  containers:
                  - name: pod
                    image: %s
                    env: [{name: GRACE, value: 3s}]
                    readinessProbe: {httpGet: {path: /readyz, port: 8080}, periodSeconds: 1}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: rolled}
            spec:
              clusterIP: %s
              selector: {app: rolled}
              ports: [{port: %d, targetPort: 8080}]
            """.formatted(ClusterImages.POD, ROLLED_IP.getHostAddress(), PORT);

    /** The same each time, so that what a killed test left is tidied by the next one; and on a disk. */
    private static final Path BASE = Path.of("target/clusters").toAbsolutePath();

    private final HostState before = HostState.read();
    private final LabRun run = LabRun.start(BASE);
    private final KubeCluster cluster;
    private final Duration ready;
    private List<KubePod> pods = List.of();

    KubeClusterIT() throws IOException {
        try {
            // Made once for each state of the programs; the time of the cluster is counted without.
            new ClusterImages(JUDGES).archives(System.out::println);
            long start = System.nanoTime();
            Consumer<String> progress =
                    line -> System.out.printf("%5.1f s %s%n", (System.nanoTime() - start) / 1e9, line);
            this.cluster = KubeCluster.start(run, JUDGES, NODES, KubeCluster.Proxy.NFTABLES, progress);
            this.ready = Duration.ofNanos(System.nanoTime() - start);
        } catch (RuntimeException e) {
            run.close();
            throw e;
        }
    }

    @BeforeAll
    void startPods() {
        cluster.apply(WEB);
        cluster.awaitRollout("default", "daemonset/web");
        pods = cluster.pods("default", "app=web");
        awaitRouted();
    }

    /** Until every node knows of every Pod: kube-proxy takes a second or so from one sync to the next. */
    private void awaitRouted() {
        long deadline = System.nanoTime() + ROUTED_MAX.toNanos();
        for (KubeNode node : cluster.nodes()) {
            for (InetAddress address : both(CLUSTER_IPS)) {
                Set<String> answers = answers(node.host(), address, PORT);
                while (!answers.equals(podNames())) {
                    assertTrue(System.nanoTime() < deadline, node.name() + " -> " + address + ": " + answers);
                    answers = answers(node.host(), address, PORT);
                }
            }
        }
    }

    private static void awaitAnswer(Host from, InetAddress address) {
        long deadline = System.nanoTime() + ROUTED_MAX.toNanos();
        ProbeResult result = ask(from, address, PORT);
        while (!(result instanceof ProbeResult.Answered)) {
            assertTrue(System.nanoTime() < deadline, from.name() + " -> " + address + ": " + result);
            result = ask(from, address, PORT);
        }
    }

    @AfterAll
    void removeWithoutATrace() throws IOException {
        int traces = HostState.ofRun(run.name()).size();
        pods.forEach(KubePod::close);
        cluster.close();
        run.close();
        assertTrue(traces > NODES, "what is looked for is there as long as the cluster is");
        assertEquals(Set.of(), HostState.ofRun(run.name()));
        before.expectUnchanged();
    }

    private static ProbeResult ask(Host from, InetAddress address, int port) {
        return new Probe(Transport.HTTP, new InetSocketAddress(address, port), TIMEOUT).from(from);
    }

    private static List<InetAddress> both(DualStack addresses) {
        return List.of(addresses.v4(), addresses.v6());
    }

    /** Pods, nodes and the client outside. */
    private List<Host> clients() {
        List<Host> clients = new ArrayList<>(List.of(cluster.outside()));
        cluster.nodes().forEach(node -> clients.add(node.host()));
        pods.forEach(pod -> clients.add(pod.host()));
        return clients;
    }

    /** Who answers to many questions in a row: that one of three is never chosen happens once in millions of times. */
    private static Set<String> answers(Host from, InetAddress address, int port) {
        Set<String> answers = new TreeSet<>();
        for (int i = 0; i < QUESTIONS; i++) {
            ProbeResult result = ask(from, address, port);
            answers.add(
                    result instanceof ProbeResult.Answered answered
                            ? answered.answer().pod()
                            : result.toString());
        }
        return answers;
    }

    private Set<String> podNames() {
        Set<String> names = new TreeSet<>();
        pods.forEach(pod -> names.add(pod.name()));
        return names;
    }

    @Test
    void isReadyInTime() {
        assertTrue(ready.compareTo(READY_MAX) < 0, ready::toString);
        Set<String> nodes = new TreeSet<>();
        pods.forEach(pod -> nodes.add(pod.node()));
        assertEquals(Set.of("node-1", "node-2", "node-3"), nodes, "a Pod runs on each node");
    }

    @Test
    void podsReachEachOtherWithTheirOwnAddresses() {
        for (KubePod from : pods) {
            for (KubePod to : pods) {
                for (InetAddress address : both(to.host().addresses())) {
                    ProbeResult result = ask(from.host(), address, Transport.HTTP.podPort());
                    ProbeResult.Answered answered = assertInstanceOf(
                            ProbeResult.Answered.class, result, () -> from + " -> " + to + ": " + result);
                    assertEquals(to.name(), answered.answer().pod());
                    assertEquals(
                            from.host().addresses().like(address),
                            answered.answer().source());
                }
            }
        }
    }

    @Test
    void podsAnswerDatagrams() {
        Host to = pods.getLast().host();
        ProbeResult result = Probe.udp(to.addresses().v6(), Transport.UDP.podPort())
                .from(pods.getFirst().host());
        assertInstanceOf(ProbeResult.Answered.class, result, result::toString);
    }

    @Test
    void servicesReachEveryPodFromEverywhere() {
        for (Host client : clients()) {
            for (InetAddress node : both(cluster.nodes().getFirst().host().addresses())) {
                assertEquals(podNames(), answers(client, node, NODE_PORT), client.name() + " -> node port of " + node);
            }
            if (!client.equals(cluster.outside())) {
                for (InetAddress clusterIp : both(CLUSTER_IPS)) {
                    assertEquals(podNames(), answers(client, clusterIp, PORT), client.name() + " -> " + clusterIp);
                }
            }
        }
    }

    @Test
    void namesResolveAndCommandsRunInPods() {
        KubeTool.Result asked = cluster.kubectl(
                "exec", pods.getFirst().name(), "--", "pod", "get", "http://web.default.svc.cluster.local/");
        String line = asked.expectSuccess().out();
        assertTrue(podNames().contains(line.split(" ", -1)[0]), line);
        KubeTool.Result unknown = cluster.kubectl(
                "exec", pods.getFirst().name(), "--", "pod", "get", "http://nobody.default.svc.cluster.local/");
        assertEquals(1, unknown.exitCode(), unknown::toString);
        assertTrue(unknown.err().contains("no such host"), unknown::toString);
    }

    @Test
    void aKubeletMayChangeItsOwnNodeOnly() {
        assertEquals(0, labelledByNode1("node-1").exitCode());
        KubeTool.Result foreign = labelledByNode1("node-2");
        assertTrue(foreign.exitCode() != 0 && foreign.err().contains("Forbidden"), foreign::toString);
    }

    private KubeTool.Result labelledByNode1(String node) {
        return cluster.kubectl(
                "--as=system:node:node-1",
                "--as-group=system:nodes",
                "label",
                "node",
                node,
                "--overwrite",
                "tried=yes");
    }

    @Test
    void loadsRunInsideOfPods() {
        List<InetSocketAddress> targets = both(CLUSTER_IPS).stream()
                .map(address -> new InetSocketAddress(address, PORT))
                .toList();
        TrafficLoad.Settings settings = new TrafficLoad.Settings(targets, 50, Duration.ofSeconds(2), TIMEOUT);
        List<Host> clients = pods.stream().map(KubePod::host).toList();
        try (TrafficLoad load = TrafficLoad.start(clients, settings)) {
            assertTrue(load.await(Duration.ofSeconds(20)), "the load ends");
            LoadReport report = load.report();
            assertEquals(report.started(), report.answered(), report::toString);
            assertEquals(podNames(), report.byPod().keySet());
        }
    }

    /** What tests of an update or a drain stand on: this workload can be replaced without a failed request. */
    @Test
    void podsAreReplacedUnderTrafficWithoutAFailure() {
        cluster.apply(ROLLED);
        cluster.awaitRollout("default", "deployment/rolled");
        InetSocketAddress target = new InetSocketAddress(ROLLED_IP, PORT);
        Host client = cluster.nodes().getFirst().host();
        awaitAnswer(client, ROLLED_IP);
        TrafficLoad.Settings settings = new TrafficLoad.Settings(List.of(target), 50, Duration.ofSeconds(50), TIMEOUT);
        try (TrafficLoad load = TrafficLoad.start(List.of(client), settings)) {
            cluster.kubectl("rollout", "restart", "deployment/rolled").expectSuccess();
            cluster.awaitRollout("default", "deployment/rolled");
            LoadReport report = load.finish();
            assertEquals(report.started(), report.answered(), report::toString);
            assertTrue(report.byPod().size() > 2, () -> "old Pods and new ones answer: " + report);
        }
    }

    @Test
    void withoutKubeProxyServicesEndAndPodsDoNot() throws IOException, InterruptedException {
        Host client = pods.getFirst().host();
        selectNodes("\"lab\": \"none\"");
        cluster.kubectl(
                        "--namespace=kube-system",
                        "wait",
                        "--for=delete",
                        "pod",
                        "--selector=k8s-app=kube-proxy",
                        "--timeout=30s")
                .expectSuccess();
        assertEquals(podNames(), answers(client, CLUSTER_IPS.v4(), PORT), "its rules stay");
        for (KubeNode node : cluster.nodes()) {
            Process flush = node.host()
                    .namespace()
                    .run(() -> new ProcessBuilder("nft", "flush", "ruleset")
                            .inheritIO()
                            .start());
            assertTrue(flush.waitFor(10, TimeUnit.SECONDS) && flush.exitValue() == 0);
        }
        for (InetAddress address : both(CLUSTER_IPS)) {
            assertInstanceOf(ProbeResult.Failed.class, ask(client, address, PORT));
        }
        InetAddress pod = pods.getLast().host().addresses().v4();
        assertInstanceOf(ProbeResult.Answered.class, ask(client, pod, Transport.HTTP.podPort()));
        selectNodes("\"lab\": null");
        cluster.awaitRollout("kube-system", "daemonset/kube-proxy");
        awaitRouted();
    }

    /** Changes which nodes kube-proxy is for. */
    private void selectNodes(String selector) {
        cluster.kubectl(
                        "--namespace=kube-system",
                        "patch",
                        "daemonset",
                        "kube-proxy",
                        "--patch={\"spec\": {\"template\": {\"spec\": {\"nodeSelector\": {" + selector + "}}}}}")
                .expectSuccess();
    }
}
