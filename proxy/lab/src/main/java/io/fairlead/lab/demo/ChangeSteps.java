package io.fairlead.lab.demo;

import io.fairlead.lab.cluster.AgentProcess;
import io.fairlead.lab.cluster.ServiceManifest;
import io.fairlead.lab.demo.Checks.Claim;
import io.fairlead.lab.topology.HostSpec;
import io.fairlead.lab.traffic.HeldConnection;
import io.fairlead.lab.traffic.LoadReport;
import io.fairlead.lab.traffic.ProbeResult;
import io.fairlead.lab.traffic.TrafficLoad;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Where traffic goes while the cluster or the agent changes.
 *
 * <p>Confined to the main thread.
 */
final class ChangeSteps {

    private static final Duration READY_TIMEOUT = Duration.ofSeconds(30);

    /** Connections that were routed before a change are answered within this. */
    private static final Duration UNDER_WAY = Duration.ofMillis(100);

    private final Stage stage;
    private final Cast cast;

    ChangeSteps(Stage stage) {
        this.stage = stage;
        this.cast = stage.cast();
    }

    /**
     * What traffic met while a manifest was edited.
     *
     * <p>Immutable.
     *
     * @param slowest the longest time from a written file until it was in force everywhere
     */
    record Edit(LoadReport traffic, Duration slowest) {}

    /**
     * An endpoint goes, then the Service is scaled up, all under traffic.
     *
     * @param before the answers of each pod until now
     */
    Edit endpoints(Map<String, Long> before) {
        ServiceManifest web = cast.webService();
        HostSpec gone = cast.web().get(1);
        List<HostSpec> left =
                cast.web().stream().filter(pod -> !pod.equals(gone)).toList();
        List<HostSpec> more =
                Stream.concat(cast.web().stream(), cast.standby().stream()).toList();
        stage.screen()
                .headline(
                        "4",
                        "web.yaml is edited: " + gone.name() + " goes, then " + more.size() + " pods instead of "
                                + cast.web().size());
        List<ShareTable.Column> columns = new ArrayList<>();
        columns.add(new ShareTable.Column("before", before));
        try (TrafficLoad load =
                stage.traffic(List.of(stage.asker()), web.clusterAddress().v4(), web.port())) {
            Duration first = change(load, web.endpoints(left), gone.name() + " gone", columns);
            Duration second = change(load, web.endpoints(more), "scaled to " + more.size(), columns);
            LoadReport report = load.finish();
            stage.screen().settle(draw(columns));
            boolean good = stage.checks()
                    .expect(new Claim(
                            report.failed() == 0, "no request fails while endpoints change: " + report.failures()));
            stage.screen()
                    .line(stage.look().check(good) + " in force on every node " + Stage.millis(first) + " and "
                            + Stage.millis(second) + " after the file was written; " + report.answered()
                            + " answers, " + report.failed() + " failed");
            return new Edit(report, first.compareTo(second) > 0 ? first : second);
        }
    }

    private Duration change(TrafficLoad load, ServiceManifest service, String title, List<ShareTable.Column> columns) {
        Duration took = stage.cluster().apply(service);
        Pace.rest(UNDER_WAY);
        Map<String, Long> start = load.report().byPod();
        LoadReport end = stage.watch(load, stage.pace().scene(), report -> {
            List<ShareTable.Column> with = new ArrayList<>(columns);
            with.add(new ShareTable.Column(title, Shares.between(start, report.byPod())));
            return draw(with);
        });
        Map<String, Long> answers = Shares.between(start, end.byPod());
        columns.add(new ShareTable.Column(title, answers));
        stage.checks()
                .expect(new Claim(
                        Shares.areFair(answers, service.endpoints()), title + ": shares are fair, not " + answers));
        return took;
    }

    private List<String> draw(List<ShareTable.Column> columns) {
        List<HostSpec> all =
                Stream.concat(cast.web().stream(), cast.standby().stream()).toList();
        return new ShareTable(Stage.rows(all), columns).lines(stage.look());
    }

    /**
     * What traffic met while an agent was dead.
     *
     * <p>Immutable.
     *
     * @param ready from the restart until everything was in the kernel
     */
    record Restart(LoadReport traffic, Duration ready) {}

    /** The agent of the first node is killed and started again under traffic. */
    Restart killAgent() {
        AgentProcess agent = stage.cluster().agents().getFirst();
        stage.screen()
                .headline("7", "kill -9 of the agent on " + agent.node().name() + " under traffic, and a restart");
        ServiceManifest web = cast.webService();
        InetAddress address = web.loadBalancers().getFirst().v4();
        try (HeldConnection held = HeldConnection.open(stage.cluster().outside(), address, web.port());
                TrafficLoad load =
                        stage.traffic(List.of(stage.asker(), stage.cluster().outside()), address, web.port())) {
            held.ask();
            stage.watch(load, stage.pace().scene().dividedBy(2), report -> draw("runs", report));
            long pid = agent.pid();
            agent.kill();
            stage.watch(load, stage.pace().down(), report -> draw("was killed, process " + pid, report));
            agent.restart();
            Duration ready = agent.awaitReady(READY_TIMEOUT);
            stage.watch(load, stage.pace().scene().dividedBy(2), report -> draw("runs again", report));
            LoadReport report = load.finish();
            stage.screen().settle(draw("runs again", report));
            ProbeResult after = held.ask();
            boolean good = stage.checks()
                    .expect(
                            new Claim(report.failed() == 0, "no request fails: " + report.failures()),
                            new Claim(after instanceof ProbeResult.Answered, "the held connection stands: " + after));
            stage.screen()
                    .line(stage.look().check(good) + " " + report.failed() + " of " + report.started()
                            + " requests failed; a connection from before the kill still answers; ready again in "
                            + Stage.millis(ready));
            return new Restart(report, ready);
        }
    }

    private List<String> draw(String state, LoadReport report) {
        return List.of("the agent " + state + ": " + report.answered() + " answers, " + report.failed()
                + " failed, longest pause between two answers " + Stage.millis(report.longestGap()));
    }
}
