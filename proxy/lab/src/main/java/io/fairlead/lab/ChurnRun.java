package io.fairlead.lab;

import io.fairlead.lab.cluster.AgentProcess;
import io.fairlead.lab.cluster.AgentProgram;
import io.fairlead.lab.cluster.LabCluster;
import io.fairlead.lab.cluster.ServiceManifest;
import io.fairlead.lab.run.LabException;
import io.fairlead.lab.run.LabRun;
import io.fairlead.lab.topology.DualStack;
import io.fairlead.lab.topology.Host;
import io.fairlead.lab.topology.HostSpec;
import io.fairlead.lab.topology.Topology;
import io.fairlead.lab.traffic.LoadReport;
import io.fairlead.lab.traffic.TrafficLoad;
import io.fairlead.lab.traffic.Transport;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;

/**
 * Steady connects to Services whose endpoints come and go all the time, while agents are killed and restarted.
 *
 * <p>An endpoint that goes is only taken out of its Service; its pod serves on, as a pod does in its time of grace. So no
 * connect may fail, whatever an agent has or has not noticed yet. Confined to the thread that runs it.
 */
public final class ChurnRun {

    /** Fewer would leave too little to choose from. */
    private static final int ENDPOINTS_MIN = 2;

    private static final int PODS_PER_NODE = 5;
    private static final int PORT = 80;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration DOWN = Duration.ofMillis(500);
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /**
     * What to do.
     *
     * <p>Immutable.
     *
     * @param services 1 to 200; a change is of one of them, so each changes {@code changesPerSecond / services} times a
     *     second
     * @param restarts how often an agent is killed and restarted, evenly spread; the nodes take turns
     * @param seed of the choice which endpoint comes or goes
     */
    public record Settings(
            int nodes,
            int services,
            int connectsPerSecond,
            int changesPerSecond,
            int restarts,
            Duration duration,
            long seed) {

        /** A minute of 1,000 connects and 50 changes a second with three restarts. */
        public static Settings standard(long seed) {
            return new Settings(2, 10, 1000, 50, 3, Duration.ofSeconds(60), seed);
        }

        public Settings {
            if (services < 1 || services > 200 || changesPerSecond < 1 || restarts < 0) {
                throw new IllegalArgumentException(
                        services + " services, " + changesPerSecond + " changes, " + restarts + " restarts");
            }
        }
    }

    /**
     * What happened.
     *
     * <p>Immutable.
     *
     * @param changes written manifests, each with one endpoint more or less
     * @param ready how long each restarted agent took until everything was in the kernel
     * @param caughtUp from the last change until it was in force on all nodes
     */
    public record Result(LoadReport traffic, int changes, List<Duration> ready, Duration caughtUp) {
        public Result {
            ready = List.copyOf(ready);
        }
    }

    private final Settings settings;
    private final LabCluster cluster;
    private final Random random;
    private final List<HostSpec> pods;
    private final List<ServiceManifest> services = new ArrayList<>();

    private ChurnRun(Settings settings, LabCluster cluster) {
        this.settings = settings;
        this.cluster = cluster;
        this.random = new Random(settings.seed());
        List<HostSpec> all = cluster.topology().pods();
        this.pods = all.subList(settings.nodes(), all.size());
    }

    /**
     * Builds a cluster in a run of the lab, and does all of it there.
     *
     * @param program how agents are started
     */
    public static Result run(LabRun run, Settings settings, AgentProgram program) {
        try (LabCluster cluster = LabCluster.build(run, Topology.of(settings.nodes(), PODS_PER_NODE))) {
            return new ChurnRun(settings, cluster).run(program);
        }
    }

    private Result run(AgentProgram program) {
        for (int i = 1; i <= settings.services(); i++) {
            DualStack address = DualStack.of("172.30.1." + i, "fd00:172:30::1:" + i);
            services.add(ServiceManifest.of("churn-" + i, address, PORT, Transport.HTTP)
                    .endpoints(pods));
        }
        services.forEach(cluster.manifests()::put);
        cluster.startAgents(program);
        // The first pod of each node asks, the others answer.
        List<Host> clients = cluster.topology().pods().subList(0, settings.nodes()).stream()
                .map(cluster::host)
                .toList();
        List<InetSocketAddress> targets = services.stream()
                .map(service -> new InetSocketAddress(service.clusterAddress().v4(), PORT))
                .toList();
        var load =
                new TrafficLoad.Settings(targets, settings.connectsPerSecond(), settings.duration(), CONNECT_TIMEOUT);
        Executor thread = task -> Thread.ofPlatform().daemon().name("restarts").start(task);
        try (TrafficLoad traffic = TrafficLoad.start(clients, load)) {
            CompletableFuture<List<Duration>> restarts =
                    CompletableFuture.supplyAsync(() -> restartAgents(System.nanoTime()), thread);
            int changes = churn(System.nanoTime());
            List<Duration> ready = join(restarts);
            long start = System.nanoTime();
            services.forEach(cluster::awaitInForce);
            Duration caughtUp = Duration.ofNanos(System.nanoTime() - start);
            traffic.await(CONNECT_TIMEOUT.plus(settings.duration()));
            return new Result(traffic.finish(), changes, ready, caughtUp);
        }
    }

    private static List<Duration> join(CompletableFuture<List<Duration>> restarts) {
        try {
            return restarts.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof LabException known ? known : e;
        }
    }

    private int churn(long start) {
        int changes = (int) (settings.duration().toMillis() * settings.changesPerSecond() / 1000);
        for (int i = 0; i < changes; i++) {
            rest(start + i * NANOS_PER_SECOND / settings.changesPerSecond());
            int place = i % services.size();
            ServiceManifest changed = toggled(services.get(place));
            services.set(place, changed);
            cluster.manifests().put(changed);
        }
        return changes;
    }

    /** One endpoint more or less. */
    private ServiceManifest toggled(ServiceManifest service) {
        List<HostSpec> endpoints = new ArrayList<>(service.endpoints());
        List<HostSpec> choice = new ArrayList<>(pods);
        if (endpoints.size() == ENDPOINTS_MIN) {
            choice.removeAll(endpoints);
        }
        HostSpec pod = choice.get(random.nextInt(choice.size()));
        if (!endpoints.remove(pod)) {
            endpoints.add(pod);
        }
        return service.endpoints(endpoints);
    }

    private List<Duration> restartAgents(long start) {
        List<Duration> ready = new ArrayList<>();
        long interval = settings.duration().toNanos() / (settings.restarts() + 1);
        for (int i = 0; i < settings.restarts(); i++) {
            rest(start + (i + 1) * interval);
            AgentProcess agent = cluster.agents().get(i % settings.nodes());
            agent.kill();
            rest(System.nanoTime() + DOWN.toNanos());
            agent.restart();
            ready.add(agent.awaitReady(READY_TIMEOUT));
        }
        return ready;
    }

    private static void rest(long until) {
        for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
