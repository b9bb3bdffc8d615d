package io.fairlead.lab.demo;

import io.fairlead.lab.cluster.ServiceManifest;
import io.fairlead.lab.run.LabRun;
import io.fairlead.lab.topology.Topology;
import io.fairlead.lab.traffic.LoadReport;
import io.fairlead.lab.traffic.TrafficLoad;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The encore of {@code --keep}: the cluster stays, the user plays, and a live table shows what that does.
 *
 * <p>Confined to the main thread, which never leaves it: a signal ends the process.
 *
 * @param command how the user calls Fairlead
 */
record Playground(LabRun run, String command) {

    /** The table shows what happened in the last of these. */
    private static final Duration WINDOW = Duration.ofSeconds(2);

    /** Traffic is begun anew before it ends by itself. */
    private static final int WINDOWS = 20;

    void play(Stage stage) {
        Screen screen = stage.screen();
        ServiceManifest web = stage.cast().webService();
        Path folder = stage.cluster().agents().getFirst().folder();
        screen.headline("11", "Yours to play with, until ^C");
        Map<String, String> hints = new LinkedHashMap<>();
        hints.put("edit", stage.cluster().manifests().file(web.name()).toString());
        hints.put("ask", command + " services --run-dir " + folder);
        hints.put(
                "",
                command + " explain " + stage.cast().asker().addresses().text4() + " " + web.fullName() + " --run-dir "
                        + folder);
        hints.put(
                "be a pod",
                inside(stage.cast().asker().name()) + "curl -s "
                        + web.clusterAddress().text4());
        hints.put(
                "be outside",
                inside(Topology.OUTSIDE.name()) + "curl -s "
                        + web.loadBalancers().getFirst().text4());
        hints.put(
                "be a browser",
                inside(Topology.OUTSIDE.name()) + "curl -s --cacert " + IngressSteps.certificate(run.folder())
                        + " --resolve "
                        + IngressSteps.HOST + ":443:"
                        + stage.cast()
                                .ingressService()
                                .loadBalancers()
                                .getFirst()
                                .text4() + " https://"
                        + IngressSteps.HOST);
        hints.put("read", folder.resolve("agent.log").toString());
        hints.forEach((verb, what) ->
                screen.line(screen.look().dim(" ".repeat(12 - verb.length()) + verb) + "  " + what));
        screen.line("");
        watchForever(stage, web);
    }

    private String inside(String host) {
        return "ip netns exec " + run.namespaceName(host) + " ";
    }

    /** Edits of the user may break the Service: failures are shown, not checked. */
    private static void watchForever(Stage stage, ServiceManifest web) {
        Map<String, String> rows = Stage.rows(stage.cast().topology().pods());
        while (true) {
            try (TrafficLoad load =
                    stage.traffic(List.of(stage.asker()), web.clusterAddress().v4(), web.port())) {
                for (int window = 0; window < WINDOWS; window++) {
                    LoadReport start = load.report();
                    stage.watch(load, WINDOW, report -> draw(stage.look(), rows, start, report));
                }
            }
        }
    }

    private static List<String> draw(Look look, Map<String, String> rows, LoadReport start, LoadReport now) {
        String title = now.failed() - start.failed() + " of " + (now.started() - start.started()) + " failed";
        var column = new ShareTable.Column(title, Shares.between(start.byPod(), now.byPod()));
        return new ShareTable(rows, List.of(column)).lines(look);
    }
}
