package io.fairlead.lab.demo;

import io.fairlead.lab.cluster.ServiceManifest;
import io.fairlead.lab.demo.Checks.Claim;
import io.fairlead.lab.topology.DualStack;
import io.fairlead.lab.topology.Host;
import io.fairlead.lab.topology.HostSpec;
import io.fairlead.lab.topology.NodeSpec;
import io.fairlead.lab.topology.Topology;
import io.fairlead.lab.traffic.FailureKind;
import io.fairlead.lab.traffic.LoadReport;
import io.fairlead.lab.traffic.Probe;
import io.fairlead.lab.traffic.ProbeResult;
import io.fairlead.lab.traffic.TrafficLoad;
import io.fairlead.lab.traffic.Transport;
import io.fairlead.runtime.table.TextTable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where traffic goes while nothing changes.
 *
 * <p>Confined to the main thread.
 */
final class RoutingSteps {

    /** So many answers that missing one of four pods by chance has a probability below 1e-6. */
    private static final int PROBES = 48;

    /** What is refused is refused within a round trip; this is generous. */
    private static final Duration AT_ONCE = Duration.ofMillis(500);

    private final Stage stage;
    private final Cast cast;

    RoutingSteps(Stage stage) {
        this.stage = stage;
        this.cast = stage.cast();
    }

    /** A pod asks the cluster address: the answers of each pod. */
    Map<String, Long> clusterAddress() {
        ServiceManifest web = cast.webService();
        InetAddress address = web.clusterAddress().v4();
        stage.screen()
                .headline("2", "ClusterIP: " + cast.asker().name() + " asks " + Stage.socket(address, web.port()));
        LoadReport report;
        try (TrafficLoad load = stage.traffic(List.of(stage.asker()), address, web.port())) {
            stage.watch(load, stage.pace().scene(), this::draw);
            report = load.finish();
        }
        stage.screen().settle(draw(report));
        InetAddress source = cast.asker().addresses().v4();
        boolean kept = report.sources().equals(Set.of(source));
        boolean fair = Shares.areFair(report.byPod(), cast.web());
        boolean all = stage.checks()
                .expect(
                        new Claim(report.failed() == 0, "every request to the ClusterIP is answered"),
                        new Claim(kept, "pods see the address of the pod that asks, not " + report.sources()),
                        new Claim(fair, "every pod gets a fair share: " + report.byPod()));
        stage.screen()
                .line(stage.look().check(all) + " " + report.answered() + " answers, " + report.failed()
                        + " failed; pods see the asking pod itself, " + DualStack.text(source));
        return report.byPod();
    }

    private List<String> draw(LoadReport report) {
        ShareTable.Column column = new ShareTable.Column("", report.byPod());
        return new ShareTable(Stage.rows(cast.web()), List.of(column)).lines(stage.look());
    }

    /**
     * One way in from outside.
     *
     * <p>Immutable.
     *
     * @param mayAnswer the pods that it leads to, each of which must answer
     */
    private record Way(String kind, Probe probe, List<HostSpec> mayAnswer, boolean keepsSource) {}

    /** The outside client tries every way in. */
    void fromOutside() {
        stage.screen()
                .headline(
                        "3",
                        "From outside: " + Topology.OUTSIDE.addresses().text4() + " and "
                                + Topology.OUTSIDE.addresses().text6());
        TextTable table = new TextTable()
                .column("way in")
                .column("address")
                .column("answered by")
                .column("pods see");
        List<Boolean> good = new ArrayList<>();
        ways().forEach(way -> good.add(tryWay(way, table)));
        StringBuilder text = new StringBuilder();
        table.writeTo(text);
        List<String> lines = text.toString().lines().toList();
        stage.screen().line(stage.look().dim(" ".repeat(stage.look().checkWidth() + 1) + lines.getFirst()));
        for (int i = 0; i < good.size(); i++) {
            stage.screen().line(stage.look().check(good.get(i)) + " " + lines.get(i + 1));
        }
    }

    private Stream<Way> ways() {
        ServiceManifest web = cast.webService();
        ServiceManifest local = cast.localService();
        NodeSpec first = cast.topology().nodes().getFirst();
        NodeSpec last = cast.topology().nodes().getLast();
        DualStack balancer = web.loadBalancers().getFirst();
        List<HostSpec> here = cast.web().stream()
                .filter(pod -> cast.topology().nodeOf(pod).equals(first))
                .toList();
        InetAddress firstNode = first.host().addresses().v4();
        return Stream.of(
                new Way("NodePort", Probe.http(firstNode, web.nodePort()), cast.web(), false),
                new Way("NodePort", Probe.http(last.host().addresses().v6(), web.nodePort()), cast.web(), false),
                new Way("NodePort, UDP", Probe.udp(firstNode, Cast.ECHO_NODE_PORT), cast.web(), false),
                new Way("LoadBalancer", Probe.http(balancer.v4(), web.port()), cast.web(), false),
                new Way("LoadBalancer", Probe.http(balancer.v6(), web.port()), cast.web(), false),
                new Way(
                        "... policy Local",
                        Probe.http(local.loadBalancers().getFirst().v4(), local.port()),
                        here,
                        true));
    }

    private boolean tryWay(Way way, TextTable table) {
        Set<String> pods = new TreeSet<>();
        Set<InetAddress> sources = new HashSet<>();
        List<ProbeResult.Failed> failures = new ArrayList<>();
        for (int i = 0; i < PROBES; i++) {
            switch (way.probe().from(stage.cluster().outside())) {
                case ProbeResult.Answered answered -> {
                    pods.add(answered.answer().pod());
                    sources.add(answered.answer().source());
                }
                case ProbeResult.Failed failed -> failures.add(failed);
            }
        }
        String where = Stage.socket(
                way.probe().target().getAddress(), way.probe().target().getPort());
        table.row(
                way.kind(),
                where,
                pods.size() == cast.web().size() ? "all " + pods.size() + " pods" : String.join(", ", pods),
                sourceText(way, sources));
        Set<String> expected = way.mayAnswer().stream().map(HostSpec::name).collect(Collectors.toSet());
        return stage.checks()
                .expect(
                        new Claim(failures.isEmpty(), where + " fails: " + failures),
                        new Claim(pods.equals(expected), where + " is answered by " + pods + ", not " + expected),
                        new Claim(allowedSources(way).containsAll(sources), "pods see " + sources + " of " + where));
    }

    private String sourceText(Way way, Set<InetAddress> sources) {
        InetAddress client =
                Topology.OUTSIDE.addresses().like(way.probe().target().getAddress());
        if (sources.equals(Set.of(client))) {
            return "the client (kept)";
        }
        return sources.contains(client) ? "mixed" : "the node (masqueraded)";
    }

    /** A node masquerades as the address that faces the pod: its uplink, or the gateway of its own pods. */
    private Collection<InetAddress> allowedSources(Way way) {
        InetAddress target = way.probe().target().getAddress();
        if (way.keepsSource()) {
            return Set.of(Topology.OUTSIDE.addresses().like(target));
        }
        return cast.topology().nodes().stream()
                .flatMap(node -> Stream.of(node.gateway(), node.host().addresses()))
                .map(addresses -> addresses.like(target))
                .collect(Collectors.toSet());
    }

    /** A Service without endpoints says so. */
    Duration withoutEndpoints() {
        ServiceManifest empty = cast.emptyService();
        stage.screen().headline("5", "A Service without endpoints refuses at once, and nobody waits for a time-out");
        Duration inside = refusal(stage.asker(), empty.clusterAddress().v4(), empty.port());
        Duration outside = refusal(
                stage.cluster().outside(), empty.loadBalancers().getFirst().v4(), empty.port());
        return inside.compareTo(outside) > 0 ? inside : outside;
    }

    private Duration refusal(Host client, InetAddress address, int port) {
        ProbeResult result =
                new Probe(Transport.HTTP, new InetSocketAddress(address, port), Duration.ofSeconds(2)).from(client);
        String flow = client.name() + " -> " + Stage.socket(address, port);
        boolean refused = result instanceof ProbeResult.Failed failed
                && failed.kind() == FailureKind.REFUSED
                && failed.took().compareTo(AT_ONCE) < 0;
        stage.checks().expect(new Claim(refused, flow + " is refused at once, not " + result));
        stage.screen()
                .line(stage.look().check(refused) + " " + flow + ": connection refused after "
                        + Stage.millis(result.took()));
        return result.took();
    }
}
