package io.fairlead.bench;

import io.fairlead.bench.process.Figures;
import io.fairlead.lab.kube.KubeCluster;
import io.fairlead.lab.run.LabRun;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * {@code helm install} in a real cluster of three nodes that kube-proxy serves: from the command to the last node's
 * Services in the kernel, once the image is there; and back, for the next round.
 *
 * <p>Confined to the main thread.
 */
final class Install implements Benchmark {

    private static final int NODES = 3;
    private static final double SECONDS_MAX = 10;
    private static final String[] TO_THE_END = {"--namespace=kube-system", "--wait", "--timeout=50s"};
    private static final String PODS = "--selector=app.kubernetes.io/component=proxy";

    /** When all of an agent's first list was in the kernel. */
    private static final Pattern READY = Pattern.compile("(?m)^(\\S+) info SyncReporter: ready: [0-9]+ Services");

    @Override
    public String name() {
        return "install";
    }

    @Override
    public String summary() {
        return "helm install in kube-proxy's place in a real cluster of three nodes: until all have their Services";
    }

    @Override
    public List<Row> run(Plan plan) {
        List<Figures> rounds = new ArrayList<>();
        Path root = Launcher.root();
        try (LabRun run = LabRun.start(root.resolve("bench/target/clusters"))) {
            long start = System.nanoTime();
            try (KubeCluster cluster =
                    KubeCluster.start(run, ApiStage.judges(), NODES, KubeCluster.Proxy.NFTABLES, Install::ignore)) {
                double clusterSeconds = (System.nanoTime() - start) / 1e9;
                cluster.loadImages(root.resolve("target/image/fairlead.tar"));
                for (int round = 0; round < plan.runs(); round++) {
                    rounds.add(installAndGoBack(cluster, root.resolve("charts/fairlead")));
                }
                return List.of(
                        new Repeated(rounds).row("helm install to Services on three nodes", "ready", "s", SECONDS_MAX),
                        new Repeated(rounds).detail("  helm says that all is there", "installed", "s"),
                        new Repeated(rounds).detail("  helm uninstall, kube-proxy's Pods back", "back", "s"),
                        Row.detail("  the cluster itself", clusterSeconds, "s"));
            }
        }
    }

    private static void ignore(String progress) {}

    private static Figures installAndGoBack(KubeCluster cluster, Path chart) {
        Instant begin = Instant.now();
        helm(cluster, "install", "fairlead", chart.toString(), "--set=image.pullPolicy=Never");
        double installed = secondsSince(begin, Instant.now());
        double ready = secondsSince(begin, lastReady(cluster));
        Instant end = Instant.now();
        helm(cluster, "uninstall", "fairlead");
        cluster.awaitRollout("kube-system", "daemonset/kube-proxy");
        return new Figures()
                .put("ready", ready)
                .put("installed", installed)
                .put("back", secondsSince(end, Instant.now()));
    }

    private static double secondsSince(Instant begin, Instant end) {
        return Duration.between(begin, end).toMillis() / 1e3;
    }

    private static void helm(KubeCluster cluster, String... words) {
        List<String> line = new ArrayList<>(List.of(words));
        line.addAll(List.of(TO_THE_END));
        cluster.helm(line.toArray(String[]::new)).expectSuccess();
    }

    private static Instant lastReady(KubeCluster cluster) {
        String logs = cluster.kubectl("--namespace=kube-system", "logs", PODS, "--container=proxy", "--tail=-1")
                .expectSuccess()
                .out();
        List<Instant> times = READY.matcher(logs)
                .results()
                .map(line -> Instant.parse(line.group(1)))
                .sorted()
                .toList();
        if (times.size() != NODES) {
            throw new IllegalStateException(times.size() + " agents of " + NODES + " are ready: " + logs);
        }
        return times.getLast();
    }
}
