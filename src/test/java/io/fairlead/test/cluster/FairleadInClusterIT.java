package io.fairlead.test.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.lab.kube.KubeCluster;
import io.fairlead.lab.node.KubeNode;
import io.fairlead.lab.topology.Topology;
import io.fairlead.test.Poll;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/**
 * The way of an operator, in a real cluster with its kube-proxy, under traffic: the chart is installed from the image, the
 * cluster lives with it, the chart is upgraded, and kube-proxy comes back. Each case goes on where the one before ended.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class FairleadInClusterIT {

    private static final String ACCOUNT = "--as=system:serviceaccount:kube-system:fairlead-proxy";

    /** Whatever else the machine does meanwhile; what it takes on a quiet one is printed. */
    private static final Duration INSTALLED_MAX = Duration.ofSeconds(30);

    private static final Duration READY_MAX = Duration.ofSeconds(6);
    private static final long MEMORY_REQUEST = 160L << 20;

    private static final int CAP_NET_ADMIN = 12;
    private static final int CAP_NET_RAW = 13;
    private static final Pattern READY = Pattern.compile("(?m)^(\\S+) info SyncReporter: ready: ([0-9]+) Services");

    private final Stage stage = new Stage(KubeCluster.Proxy.NFTABLES);
    private final KubeCluster cluster = stage.cluster();
    private final Shop shop = stage.shop();

    @AfterEach
    void endTraffic() {
        shop.endTraffic();
    }

    @AfterAll
    void remove() {
        stage.close();
    }

    @Test
    @Order(1)
    void theChartTakesKubeProxysPlace() {
        shop.startTraffic();
        Instant begin = Instant.now();
        stage.install();
        shop.expectNoFailure();
        assertEquals(
                "0",
                stage.said("get", "daemonset", "kube-proxy", "--output=jsonpath={.status.desiredNumberScheduled}"));
        Instant last = readyTimes().stream().max(Comparator.naturalOrder()).orElseThrow();
        Duration installed = Duration.between(begin, last);
        System.out.println("install to Services on all nodes: " + installed.toMillis() + " ms");
        assertTrue(installed.compareTo(INSTALLED_MAX) < 0, () -> installed + "\n" + stage.agentLogs());
    }

    /** When each agent had its first full sync in the kernel. */
    private List<Instant> readyTimes() {
        List<Instant> times = new ArrayList<>();
        for (String pod :
                stage.said("get", "pods", Stage.AGENT_PODS, "--output=name").split("\n", -1)) {
            Matcher ready = READY.matcher(stage.said("logs", pod, "--container=proxy"));
            assertTrue(ready.find(), () -> pod + " is not ready\n" + stage.agentLogs());
            times.add(Instant.parse(ready.group(1)));
        }
        assertEquals(Stage.NODES, times.size());
        return times;
    }

    @Test
    @Order(2)
    void podsReachServicesByEveryKindOfAddress() {
        shop.expectAllAddresses();
    }

    @Test
    @Order(3)
    void agentsHaveOnlyWhatTheChartGivesThem() throws IOException {
        assertEquals("yes", can("create", "events.events.k8s.io"));
        assertEquals("yes", can("watch", "services"));
        for (String kind : List.of("secrets", "pods", "configmaps", "daemonsets.apps")) {
            assertEquals("no", can("get", kind), kind);
        }
        assertEquals("no", can("patch", "nodes"));
        assertEquals("no", can("update", "services"));
        for (long pid : agents()) {
            String status = Files.readString(Path.of("/proc/" + pid + "/status"));
            long allowed = 1L << CAP_NET_ADMIN | 1L << CAP_NET_RAW;
            assertTrue(status.contains("CapEff:\t%016x".formatted(allowed)), status);
            assertTrue(status.contains("CapBnd:\t%016x".formatted(allowed)), status);
            assertTrue(status.contains("NoNewPrivs:\t1"), status);
            assertTrue(status.contains("Seccomp:\t2"), status);
            assertTrue(
                    Files.readAllLines(Path.of("/proc/" + pid + "/mountinfo")).stream()
                            .anyMatch(line -> line.matches("\\S+ \\S+ \\S+ \\S+ / ro,.*")),
                    "its root is read-only");
        }
    }

    private String can(String verb, String kind) {
        return stage.kubectl("auth", "can-i", verb, kind, ACCOUNT).out().strip();
    }

    /** Processes of the agents. */
    private List<Long> agents() {
        List<Long> pids = ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .arguments()
                        .filter(words -> List.of(words).contains("@/opt/fairlead/app/agent.args")
                                && List.of(words).contains("--hand-back"))
                        .isPresent())
                .filter(process -> cluster.nodes().stream().anyMatch(node -> isOn(node, process.pid())))
                .map(ProcessHandle::pid)
                .toList();
        assertEquals(Stage.NODES, pids.size());
        return pids;
    }

    private static boolean isOn(KubeNode node, long pid) {
        try {
            String namespace =
                    Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/net")).toString();
            return namespace.equals("net:[" + node.host().namespace().inode() + "]");
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    @Order(4)
    void commandsAnswerInThePods() {
        String status = stage.said("exec", Stage.AGENTS, "--container=proxy", "--", "fairlead", "status");
        assertTrue(status.contains("state       in-sync"), status);
        String where = stage.said(
                "exec", Stage.AGENTS, "--container=proxy", "--", "fairlead", "explain", "node", "default/shop");
        assertTrue(where.contains("forwarded to one of " + Shop.REPLICAS), where);
    }

    @Test
    @Order(5)
    void aRollingUpdateFailsNoRequest() {
        shop.startTraffic();
        cluster.kubectl("rollout", "restart", "deployment/shop").expectSuccess();
        cluster.awaitRollout("default", "deployment/shop");
        shop.expectNoFailure();
    }

    @Test
    @Order(6)
    void aDrainedNodeFailsNoRequest() {
        shop.startTraffic();
        String node = cluster.nodes().get(1).name();
        cluster.kubectl("drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=45s")
                .expectSuccess();
        shop.expectNoFailure();
        cluster.kubectl("uncordon", node).expectSuccess();
        cluster.awaitRollout("default", "deployment/shop");
        cluster.awaitRollout("kube-system", "deployment/coredns");
    }

    @Test
    @Order(7)
    void nothingHappensAndNothingFails() {
        stage.expectQuietFor(Duration.ofSeconds(35));
    }

    @Test
    @Order(8)
    void whatKubeProxyLeftIsRemoved() {
        Poll.until(
                "kube-proxy's tables are removed",
                // Since the installation kube-proxy must have been quiet for 90 s.
                Duration.ofSeconds(55),
                () -> cluster.nodes().stream().noneMatch(node -> stage.hasTable(node, "kube-proxy")));
        shop.expectAllAddresses();
    }

    /** Which also gives agents a configuration of their own instead of kube-proxy's. */
    @Test
    @Order(9)
    void anUpgradeOfTheChartFailsNoRequest() {
        shop.startTraffic();
        List<Long> before = agents();
        stage.upgrade(
                "--set=proxy.log.level=debug",
                "--set=proxy.maxUnavailable=100%",
                "--set=proxy.kubeProxy.configMap=",
                "--set=proxy.config.clusterCIDR=" + Topology.POD_RANGE.text4() + "\\," + Topology.POD_RANGE.text6(),
                // A network namespace other than the machine's own cannot set this.
                "--set=proxy.config.conntrack.maxPerCore=0,proxy.config.conntrack.min=0",
                "--set=kubernetes.servers={" + cluster.control().url(0) + "}");
        shop.expectNoFailure();
        assertTrue(agents().stream().noneMatch(before::contains));
        assertTrue(cluster.nodes().stream().allMatch(node -> stage.hasTable(node, "fairlead")));
        shop.expectAllAddresses();
    }

    @Test
    @Order(10)
    void anAgentStartsInTimeAndWithinItsMemory() throws IOException {
        StringBuilder services = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            services.append("---\napiVersion: v1\nkind: Service\nmetadata: {name: more-")
                    .append(i);
            services.append("}\nspec: {selector: {app: shop}, ports: [{port: 80, targetPort: 8080}]}\n");
        }
        cluster.apply(services.toString());
        String pod =
                stage.said("get", "pods", Stage.AGENT_PODS, "--output=name").split("\n", -1)[0];
        stage.kubectl("delete", pod, "--timeout=30s").expectSuccess();
        cluster.awaitRollout("kube-system", Stage.AGENTS);
        long youngest = agents().stream()
                .max(Comparator.comparing(FairleadInClusterIT::started))
                .orElseThrow();
        Instant ready = readyTimes().stream().max(Comparator.naturalOrder()).orElseThrow();
        Duration start = Duration.between(started(youngest), ready);
        System.out.println("start of the container to ready: " + start.toMillis() + " ms");
        assertTrue(start.compareTo(READY_MAX) < 0, start::toString);
        for (long pid : agents()) {
            String status = Files.readString(Path.of("/proc/" + pid + "/status"));
            Matcher peak = Pattern.compile("VmHWM:\\s+([0-9]+) kB").matcher(status);
            assertTrue(peak.find());
            assertTrue(Long.parseLong(peak.group(1)) << 10 < MEMORY_REQUEST, status);
        }
    }

    private static Instant started(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().startInstant())
                .orElseThrow();
    }

    @Test
    @Order(11)
    void kubeProxyComesBackWithoutAFailedRequest() {
        shop.startTraffic();
        stage.uninstall();
        shop.expectNoFailure();
        assertTrue(cluster.nodes().stream().allMatch(node -> stage.hasTable(node, "kube-proxy")));
        Poll.until(
                "nothing of the chart is left",
                Duration.ofSeconds(20),
                () -> stage.said("get", "all", "--selector=app.kubernetes.io/part-of=fairlead", "--output=name")
                        .isEmpty());
        assertFalse(stage.said("get", "clusterroles", "--output=name").contains("fairlead"));
        shop.expectAllAddresses();
    }
}
