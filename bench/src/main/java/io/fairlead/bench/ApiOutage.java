package io.fairlead.bench;

import io.fairlead.agent.FairleadMain;
import io.fairlead.lab.cluster.AgentProcess;
import io.fairlead.lab.cluster.AgentProgram;
import io.fairlead.lab.cluster.ServiceManifest;
import io.fairlead.lab.hollow.HollowShape;
import io.fairlead.lab.kube.ApiObjects;
import io.fairlead.lab.kube.Identity;
import io.fairlead.lab.topology.DualStack;
import io.fairlead.lab.topology.Host;
import io.fairlead.lab.topology.HostSpec;
import io.fairlead.lab.topology.NodeSpec;
import io.fairlead.lab.topology.Topology;
import io.fairlead.lab.traffic.LoadReport;
import io.fairlead.lab.traffic.PodServers;
import io.fairlead.lab.traffic.Probe;
import io.fairlead.lab.traffic.ProbeResult;
import io.fairlead.lab.traffic.TrafficLoad;
import io.fairlead.lab.traffic.Transport;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The API server is killed under traffic and comes back: nobody who asks a living endpoint may notice.
 *
 * <p>Confined to the main thread.
 */
final class ApiOutage implements Benchmark {

    /** Beside the Services that are asked, so that agents have something to lose. */
    private static final HollowShape LARGE = HollowShape.of(1_000, 5, 50, 7);

    private static final HollowShape TINY = HollowShape.of(20, 3, 4, 7);
    private static final int SERVICES = 5;
    private static final int PORT = 80;
    private static final int PER_SECOND = 500;
    private static final int HEAP_MEGABYTES = 96;
    private static final Duration AWAY = Duration.ofSeconds(60);
    private static final Duration AROUND = Duration.ofSeconds(5);
    /** Both of them, to see that it works. */
    private static final Duration TINY_TIME = Duration.ofSeconds(1);

    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(60);
    /** An agent asks again at least each ten seconds. */
    private static final double HEARD_MILLIS_MAX = 15_000;

    @Override
    public String name() {
        return "api-outage";
    }

    @Override
    public String summary() {
        return "the API server killed for 60 s under 500 connects/s: none may fail";
    }

    @Override
    public List<Row> run(Plan plan) {
        try (AotCache cache = AotCache.record(plan);
                ApiStage stage = ApiStage.build(Topology.of(2, 3), plan.tiny() ? TINY : LARGE);
                PodServers servers = PodServers.start()) {
            Topology topology = stage.lab().topology();
            topology.pods().forEach(pod -> servers.serve(stage.lab().host(pod)));
            ApiObjects objects = new ApiObjects(stage.api(), topology);
            List<HostSpec> answering =
                    topology.pods().subList(2, topology.pods().size());
            List<ServiceManifest> services = new ArrayList<>();
            for (int i = 0; i < SERVICES; i++) {
                DualStack address = DualStack.of("172.30.0.1" + i, "fd00:172:30::1" + i);
                services.add(ServiceManifest.of("shop-" + i, address, PORT, Transport.HTTP)
                        .endpoints(answering));
            }
            services.forEach(objects::put);
            startAgents(plan.jvm(HEAP_MEGABYTES).with(cache.cache()), stage);
            return measure(stage, services, objects, plan.tiny());
        }
    }

    private static void startAgents(Jvm jvm, ApiStage stage) {
        List<String> words = new ArrayList<>(jvm.command());
        words.add(FairleadMain.class.getName());
        List<String> source = List.of(
                "--kubeconfig", stage.control().kubeconfig(Identity.ADMIN).toString());
        List<AgentProcess> agents = new ArrayList<>();
        for (NodeSpec node : stage.lab().topology().nodes()) {
            Host host = stage.lab().host(node.host());
            agents.add(AgentProcess.start(stage.labRun(), host, new AgentProgram(words), source));
        }
        agents.forEach(agent -> agent.awaitReady(READY_TIMEOUT));
    }

    private static List<Row> measure(ApiStage stage, List<ServiceManifest> services, ApiObjects objects, boolean tiny) {
        Duration away = tiny ? TINY_TIME : AWAY;
        Duration around = tiny ? TINY_TIME : AROUND;
        List<Host> clients = stage.lab().topology().pods().subList(0, 2).stream()
                .map(stage.lab()::host)
                .toList();
        List<InetSocketAddress> targets = new ArrayList<>();
        for (ServiceManifest service : services) {
            targets.add(new InetSocketAddress(service.clusterAddress().v4(), PORT));
            targets.add(new InetSocketAddress(service.clusterAddress().v6(), PORT));
        }
        Duration all = away.plus(around).plus(around);
        LoadReport report;
        Duration gone;
        try (TrafficLoad load =
                TrafficLoad.start(clients, new TrafficLoad.Settings(targets, PER_SECOND, all, TIMEOUT))) {
            LockSupport.parkNanos(around.toNanos());
            long start = System.nanoTime();
            stage.control().killServer(0);
            LockSupport.parkNanos(away.toNanos());
            stage.control().startServer(0);
            gone = Duration.ofNanos(System.nanoTime() - start);
            load.await(all.plus(TIMEOUT));
            report = load.finish();
        }
        HostSpec only = services.getFirst().endpoints().getFirst();
        long start = System.nanoTime();
        objects.putSlices(services.getFirst().endpoints(List.of(only)));
        awaitOnly(clients, targets.getFirst(), only.name());
        double heard = (System.nanoTime() - start) / 1e6;
        return List.of(
                Row.single("connects that failed", (double) report.failed(), "", 0),
                Row.detail("  connects", (double) report.started(), ""),
                Row.detail("  per second", report.rate(), ""),
                Row.detail("  connect p99", report.latencies().percentile(0.99).toNanos() / 1e6, "ms"),
                Row.detail("API server gone for", gone.toMillis() / 1e3, "s"),
                Row.single("first change after it in force after", heard, "ms", HEARD_MILLIS_MAX));
    }

    /** Until from all clients only this pod answers, twenty times in a row. */
    private static void awaitOnly(List<Host> clients, InetSocketAddress target, String pod) {
        for (Host client : clients) {
            long deadline = System.nanoTime() + READY_TIMEOUT.toNanos();
            int inRow = 0;
            while (inRow < 20) {
                boolean right =
                        Probe.http(target.getAddress(), PORT).from(client) instanceof ProbeResult.Answered answered
                                && answered.answer().pod().equals(pod);
                inRow = right ? inRow + 1 : 0;
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("a change after the outage is not in force on " + client.name());
                }
            }
        }
    }
}
