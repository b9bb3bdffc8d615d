package io.fairlead.test.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.lab.kube.ClusterImages;
import io.fairlead.lab.kube.Judges;
import io.fairlead.lab.kube.KubeCluster;
import io.fairlead.lab.kube.KubeTool;
import io.fairlead.lab.node.KubeNode;
import io.fairlead.lab.run.LabRun;
import io.fairlead.lab.topology.Host;
import io.fairlead.test.Poll;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A real cluster with its kube-proxy, Fairlead's image on its nodes, a shop that is open, and Helm.
 *
 * <p>Confined to the test thread.
 */
final class Stage implements AutoCloseable {

    static final int NODES = 3;
    static final String AGENTS = "daemonset/fairlead-proxy";
    static final String AGENT_PODS = "--selector=app.kubernetes.io/component=proxy";

    private static final String WAIT = "--wait";

    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Judges JUDGES = new Judges(ROOT.resolve("target/judges"));

    /** The same each time, so that what a killed test left is tidied by the next one; and on a disk. */
    private static final Path BASE = Path.of("target/clusters").toAbsolutePath();

    private static final String CHART = ROOT.resolve("charts/fairlead").toString();

    private final LabRun run = LabRun.start(BASE);
    private final KubeCluster cluster;
    private final Shop shop;

    Stage(KubeCluster.Proxy proxy) {
        this(proxy, 0);
    }

    /** @param legacyNodes so many of the nodes, the last ones, have the iptables of the older kernel interface */
    Stage(KubeCluster.Proxy proxy, int legacyNodes) {
        KubeCluster.Size size = new KubeCluster.Size(NODES, legacyNodes);
        try {
            new ClusterImages(JUDGES).archives(System.out::println);
            this.cluster = KubeCluster.start(run, JUDGES, size, proxy, System.out::println);
            cluster.loadImages(ROOT.resolve("target/image/fairlead.tar"));
            this.shop = Shop.open(cluster);
        } catch (RuntimeException e) {
            run.close();
            throw e;
        }
    }

    KubeCluster cluster() {
        return cluster;
    }

    Shop shop() {
        return shop;
    }

    /** Puts Fairlead in kube-proxy's place, as docs/operate/install.md says. */
    void install() {
        helm("install", "fairlead", CHART, "--set=image.pullPolicy=Never", WAIT);
    }

    void upgrade(String... values) {
        List<String> words = new ArrayList<>(List.of(values));
        words.add(WAIT);
        beginUpgrade(words.toArray(String[]::new));
    }

    /** Does not wait until what it changed is ready. */
    void beginUpgrade(String... values) {
        List<String> words = new ArrayList<>(List.of("upgrade", "fairlead", CHART, "--reset-then-reuse-values"));
        words.addAll(List.of(values));
        helm(words.toArray(String[]::new));
    }

    /** Goes back to what was before the last upgrade. */
    void rollBack() {
        helm("rollback", "fairlead", WAIT);
    }

    /** Goes back to kube-proxy, and waits until no rule of Fairlead's is left. */
    void uninstall() {
        helm("uninstall", "fairlead", WAIT);
        Poll.until(
                "agents hand back",
                Duration.ofSeconds(30),
                () -> cluster.nodes().stream().noneMatch(node -> hasTable(node, "fairlead") || hasChain(node, "FL-")));
    }

    private void helm(String... words) {
        List<String> line = new ArrayList<>(List.of(words));
        line.addAll(List.of("--namespace=kube-system", "--timeout=50s"));
        KubeTool.Result result = cluster.helm(line.toArray(String[]::new));
        assertEquals(0, result.exitCode(), () -> result + agentLogs());
    }

    String agentLogs() {
        return kubectl("logs", AGENT_PODS, "--all-containers", "--prefix", "--tail=20")
                .out();
    }

    /** In kube-system. */
    KubeTool.Result kubectl(String... words) {
        List<String> line = new ArrayList<>(List.of("--namespace=kube-system"));
        line.addAll(List.of(words));
        return cluster.kubectl(line.toArray(String[]::new));
    }

    /** What kubectl says of kube-system. */
    String said(String... words) {
        return kubectl(words).expectSuccess().out().strip();
    }

    /** Whether a node has an nftables table of that name, of IPv4. */
    boolean hasTable(KubeNode node, String table) {
        return in(node, "nft", "list", "tables").contains("table ip " + table);
    }

    /** Whether a node has, of iptables of either kind and family, a chain whose name begins so. */
    boolean hasChain(KubeNode node, String prefix) {
        return Stream.of("iptables-nft", "ip6tables-nft", "iptables-legacy", "ip6tables-legacy")
                .anyMatch(tool -> in(node, tool + "-save").contains("\n:" + prefix));
    }

    /** Requests are answered for a while, and meanwhile no agent changes anything in the kernel. */
    void expectQuietFor(Duration duration) {
        String before = transactions();
        shop.expectNoFailureFor(duration);
        assertEquals(before, transactions());
    }

    /** How often each agent changed something in the kernel. */
    private String transactions() {
        StringBuilder all = new StringBuilder();
        for (KubeNode node : cluster.nodes()) {
            in(node, "curl", "-s", "http://127.0.0.1:10260/metrics")
                    .lines()
                    .filter(line -> line.startsWith("fairlead_kernel_transactions_total "))
                    .forEach(line ->
                            all.append(node.name()).append(' ').append(line).append('\n'));
        }
        assertEquals(NODES, all.toString().lines().count(), all::toString);
        return all.toString();
    }

    /** What a program says in a node's network. */
    String in(KubeNode node, String... words) {
        return in(node.host(), words);
    }

    /** What a program says in a host's network. */
    String in(Host host, String... words) {
        try {
            Process program = run.start(new ProcessBuilder(words).redirectErrorStream(true), host.namespace());
            return new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError("cannot run " + words[0] + " on " + host.name(), e);
        }
    }

    @Override
    public void close() {
        shop.close();
        cluster.close();
        run.close();
    }
}
