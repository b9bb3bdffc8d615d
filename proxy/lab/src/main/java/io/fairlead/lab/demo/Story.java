package io.fairlead.lab.demo;

import io.fairlead.lab.cluster.AgentProcess;
import io.fairlead.lab.cluster.AgentProgram;
import io.fairlead.lab.cluster.LabCluster;
import io.fairlead.lab.cluster.ServiceManifest;
import io.fairlead.lab.run.LabRun;
import io.fairlead.lab.topology.NodeSpec;
import io.fairlead.lab.topology.Topology;
import io.fairlead.lab.traffic.LoadReport;
import io.fairlead.runtime.table.TextTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The demo from its first line to its summary.
 *
 * <p>Confined to the main thread.
 */
public final class Story {

    private final LabRun run;
    private final Cast cast;
    private final Screen screen;
    private final Pace pace;
    private final Checks checks = new Checks();

    /** @param nodes 2 or 3 */
    public Story(LabRun run, int nodes, Screen screen, Pace pace) {
        this.run = run;
        this.cast = Cast.of(nodes);
        this.screen = screen;
        this.pace = pace;
    }

    /**
     * Tells it.
     *
     * @param agent how agents are started
     * @param ingress how the ingress is
     * @return whether everything was as it should be
     */
    public boolean tell(AgentProgram agent, AgentProgram ingress) {
        return tell(agent, ingress, stage -> {});
    }

    /**
     * Tells it, and then leaves the cluster to the user until a signal ends this process.
     *
     * @param command how the user calls Fairlead
     */
    public boolean tellAndStay(AgentProgram agent, AgentProgram ingress, String command) {
        return tell(agent, ingress, new Playground(run, command)::play);
    }

    private boolean tell(AgentProgram agent, AgentProgram ingress, Consumer<Stage> encore) {
        long start = System.nanoTime();
        picture();
        try (LabCluster cluster = LabCluster.build(run, cast.topology())) {
            Duration built = Duration.ofNanos(System.nanoTime() - start);
            Stage stage = new Stage(cluster, cast, screen, checks, pace);
            arrival(stage, agent, built);
            RoutingSteps routing = new RoutingSteps(stage);
            ChangeSteps changes = new ChangeSteps(stage);
            Map<String, Long> shares = routing.clusterAddress();
            pause();
            routing.fromOutside();
            pause();
            ChangeSteps.Edit edit = changes.endpoints(shares);
            pause();
            Duration refusal = routing.withoutEndpoints();
            views(stage);
            pause();
            ChangeSteps.Restart restart = changes.killAgent();
            pause();
            IngressSteps shop = IngressSteps.begin(stage, ingress, run.folder());
            shop.fromOutside();
            pause();
            IngressSteps.Changes online = shop.changes();
            pause();
            summarize(edit, refusal, restart, online, Duration.ofNanos(System.nanoTime() - start));
            encore.accept(stage);
        }
        return checks.failed().isEmpty();
    }

    private void pause() {
        Pace.rest(pace.pause());
    }

    private void picture() {
        Look look = screen.look();
        String wire = look == Look.TERMINAL ? "─" : "-";
        screen.lines(List.of(
                look.bold("Fairlead demo") + look.dim("   a cluster of network namespaces on this machine"),
                "",
                "outside " + Topology.OUTSIDE.addresses().text4() + " " + wire.repeat(3) + " router " + wire.repeat(3)
                        + " "
                        + String.join(
                                ", ",
                                cast.topology().nodes().stream()
                                        .map(Story::text)
                                        .toList())));
    }

    private static String text(NodeSpec node) {
        return node.name() + " " + node.host().addresses().text4();
    }

    private void arrival(Stage stage, AgentProgram program, Duration built) {
        screen.headline("1", "A cluster, and a real agent on each node");
        Topology topology = cast.topology();
        screen.line(screen.look().check(true) + " " + topology.nodes().size() + " nodes and "
                + topology.pods().size() + " pods built in " + Stage.millis(built)
                + (run.leftoversRemoved() == 0 ? "" : "; removed what an earlier run left behind"));
        cast.services().forEach(stage.cluster().manifests()::put);
        screen.live(List.of("  starting " + topology.nodes().size() + " agents ..."));
        List<String> ready = new ArrayList<>();
        List<Duration> times = stage.cluster().startAgents(program);
        for (int i = 0; i < times.size(); i++) {
            ready.add(topology.nodes().get(i).name() + " after " + Stage.millis(times.get(i)));
        }
        screen.settle(List.of(screen.look().check(true) + " agents ready: " + String.join(", ", ready)));
        screen.line("  manifests: "
                + screen.look().accent(stage.cluster().manifests().path() + "/*.yaml"));
    }

    private void views(Stage stage) {
        AgentProcess agent = stage.cluster().agents().getFirst();
        ServiceManifest local = cast.localService();
        ServiceManifest echo = cast.echoService();
        String client = Topology.OUTSIDE.addresses().text4();
        String address = local.loadBalancers().getFirst().text4() + ":" + local.port();
        screen.headline("6", "Ask the agent of " + agent.node().name());
        stage.show("explain " + client + " " + address, agent.table("/explain", Map.of("from", client, "to", address)));
        stage.show("services " + echo.fullName(), agent.table("/services", Map.of("filter", echo.fullName())));
    }

    private void summarize(
            ChangeSteps.Edit edit,
            Duration refusal,
            ChangeSteps.Restart restart,
            IngressSteps.Changes online,
            Duration took) {
        LoadReport traffic = restart.traffic();
        List<String> failed = checks.failed();
        screen.headline("10", failed.isEmpty() ? "All as it should be" : "Not all as it should be");
        TextTable table = new TextTable().column("what").column("measured");
        table.row(
                "new connection and answer, ClusterIP",
                "p50 "
                        + Stage.millis(edit.traffic().latencies().percentile(0.5)) + ", p99 "
                        + Stage.millis(edit.traffic().latencies().percentile(0.99)));
        table.row("edited manifest in force on all nodes", Stage.millis(edit.slowest()));
        table.row("Service without endpoints refuses after", Stage.millis(refusal));
        table.row(
                "agent killed and restarted under traffic",
                String.format(Locale.ROOT, "%d of %d requests failed", traffic.failed(), traffic.started()));
        table.row("new certificate shown after", Stage.millis(online.certificate()));
        table.row(
                "new certificate and rollout under TLS load",
                String.format(
                        Locale.ROOT,
                        "%d of %d requests failed",
                        online.traffic().failed(),
                        online.traffic().started()));
        table.row("checks", checks.made() - failed.size() + " of " + checks.made() + " hold");
        table.row("whole story", String.format(Locale.ROOT, "%.1f s", took.toNanos() / 1e9));
        StringBuilder text = new StringBuilder();
        table.writeTo(text);
        text.toString().lines().skip(1).forEach(screen::line);
        failed.forEach(claim -> screen.line(screen.look().check(false) + " " + claim));
    }
}
