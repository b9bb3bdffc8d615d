package io.fairlead.agent;

import io.fairlead.agent.config.FlagMerge;
import io.fairlead.agent.config.RoutingFlags;
import io.fairlead.agent.health.ProxyHealth;
import io.fairlead.agent.metrics.FollowerMetrics;
import io.fairlead.agent.metrics.ProxyCounters;
import io.fairlead.agent.mode.ModeResult;
import io.fairlead.agent.mode.Modes;
import io.fairlead.agent.mode.ServingMode;
import io.fairlead.agent.neighbour.KubeProxyReturn;
import io.fairlead.agent.neighbour.NeighbourWatch;
import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.ModeRules;
import io.fairlead.agent.plan.NodeResolver;
import io.fairlead.agent.view.SourceStatus;
import io.fairlead.agent.watch.WatchFeed;
import io.fairlead.cluster.ClusterStore;
import io.fairlead.cluster.input.ClusterInput;
import io.fairlead.cluster.model.Node;
import io.fairlead.cluster.source.SourceScope;
import io.fairlead.cluster.write.EventWriter;
import io.fairlead.cluster.write.Reporter;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.feature.Ipv6;
import io.fairlead.kernel.netns.NamespaceLock;
import io.fairlead.runtime.http.ListenException;
import io.fairlead.runtime.lifecycle.Lifecycle;
import io.fairlead.runtime.metrics.Metrics;
import io.fairlead.runtime.options.Arguments;
import io.fairlead.runtime.options.Console;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * {@code fairlead proxy}: wires source, store, loop, data plane, pages, and runs until it is told to stop.
 *
 * <p>Confined to the main thread.
 */
final class ProxyMain {

    private static final Logger LOG = System.getLogger(ProxyMain.class.getName());

    /** EX_UNAVAILABLE: the kernel lacks something, or another agent is there. */
    static final int EXIT_UNAVAILABLE = Console.EXIT_UNAVAILABLE;

    static final String LOCK = "fairlead-proxy";
    private static final Duration RETRY = Duration.ofSeconds(1);
    /** In which another mode has to serve all, else the one before goes on. */
    private static final Duration MODE_CHANGE = Duration.ofSeconds(60);

    private static final Duration STOP_DEADLINE = KubeProxyReturn.LONGEST.plusSeconds(9);

    private final Arguments arguments;
    private final AgentPolicy policy;
    private final Lifecycle lifecycle = Lifecycle.install(STOP_DEADLINE);
    private final Metrics metrics = new Metrics();
    private final ClusterInput input;

    ProxyMain(Arguments arguments, ClusterInput input) {
        this.arguments = arguments;
        this.input = input;
        this.policy = AgentOptions.policy(arguments);
    }

    /** Serves until a signal; does not return. */
    void run() {
        try {
            ClusterStore store = connect();
            takeNamespace();
            start(store);
        } catch (KernelException e) {
            refuse("this kernel or its permissions do not allow the data plane: " + e.getMessage());
        } catch (ListenException e) {
            refuse(String.valueOf(e.getMessage()));
        }
        lifecycle.awaitStop();
        lifecycle.exit(0);
    }

    /** Two agents in one network namespace would undo each other's work. */
    private void takeNamespace() {
        switch (NamespaceLock.tryAcquire(LOCK)) {
            case NamespaceLock.Acquired acquired -> lifecycle.onStop("namespace lock", acquired.lock()::close);
            case NamespaceLock.Taken taken ->
                refuse("another agent (process " + taken.pid() + ") runs in this network namespace; stop it first");
        }
    }

    private void refuse(String reason) {
        LOG.log(Level.ERROR, "{0}", reason);
        lifecycle.exit(EXIT_UNAVAILABLE);
    }

    /** The source begins at once, since its first answer takes longest; who subscribes later gets all of it. */
    private ClusterStore connect() {
        ClusterStore store = new ClusterStore();
        input.start(store, SourceScope.ofNode(policy.nodeName()));
        store.start();
        return store;
    }

    private void start(ClusterStore store) {
        FamilyCheck families = new FamilyCheck(policy, Ipv6.isThere());
        families.refusal().ifPresent(this::refuse);
        arguments.value(FlagMerge.NOTES).forEach(note -> LOG.log(Level.INFO, "{0}", note));
        Modes modes = new Modes(AgentOptions.modeOptions(arguments), NodeTuning::permitLoopback);
        ServingMode mode = openMode(modes);
        AgentPolicy ruled = policy.servedBy(mode.rules());
        SyncEngine engine = new SyncEngine(mode.dataplane(), new NodeResolver(ruled));
        ProxyLoop loop = new ProxyLoop(
                engine, arguments.value(AgentOptions.MIN_SYNC), arguments.value(AgentOptions.MAX_SYNC), RETRY);
        ProxyHealth health = new ProxyHealth(InstantSource.system(), loop::overdueNanos, () -> eligible(store));
        AgentEvents events = events();
        WatchFeed feed = new WatchFeed(InstantSource.system());
        SyncReporter reporter = new SyncReporter(engine, metrics, health, events, feed);
        AtomicBoolean handsBack = new AtomicBoolean();
        ModeFollower follower = new ModeFollower(Followers.start(reporter, health, metrics, events, ruled, lifecycle));
        CurrentMode current = new CurrentMode(modes::open, policy, mode, loop, follower, events, MODE_CHANGE);
        lifecycle.onStop("hand-back", () -> handBack(handsBack.get(), current.serving()));
        loop.start(follower);
        lifecycle.onStop("proxy loop", loop::close);
        lifecycle.onStop("mode", current::close);
        followConfig(current);
        AddressWatch addresses = new AddressWatch(loop::onAddresses);
        lifecycle.onStop("address watch", addresses::close);
        NeighbourWatch neighbours = NeighbourWatch.start(
                new NeighbourWatch.Settings(arguments.value(AgentOptions.CLEANUP_KUBE_PROXY), health::isReady),
                new FollowerMetrics(metrics));
        lifecycle.onStop("neighbour watch", neighbours::close);
        if (arguments.value(AgentOptions.HAND_BACK)) {
            // Its ports are given back before, its rules are in force until after.
            lifecycle.onStop("look for kube-proxy", () -> handsBack.set(KubeProxyReturn.isInForce()));
        }
        metrics.observe(
                ProxyCounters.SOURCE_TROUBLE,
                () -> SourceStatus.of(input.status()).unreadable());
        ProcessFacts.observeConntrack(metrics);
        LocalPages pages = new LocalPages(
                loop,
                ruled,
                () -> current.serving().name(),
                health,
                () -> SourceStatus.of(input.status()),
                () -> neighbours.report().warnings(),
                feed);
        new AgentServers(arguments, () -> current.serving().name(), events, metrics, lifecycle).start(pages, health);
        lifecycle.onStop("watch", feed::close);
        NodeTuning.apply(arguments);
        store.subscribe(new ChangeMetrics(metrics, loop, InstantSource.system()));
        store.subscribe(loop);
        store.subscribe(families);
        if (mode.rules() == ModeRules.NFTABLES) {
            Thread.ofPlatform()
                    .daemon()
                    .name("rehearsal")
                    .start(new Rehearsal(policy, () -> store.snapshot().sequence() == 0));
        }
        lifecycle.onStop("cluster source", input::close);
        lifecycle.onStop("cluster store", store::close);
        events.starting(mode.name(), Instant.now());
        LOG.log(Level.INFO, "node {0}: {1}, {2}", policy.nodeName(), mode.name(), mode.description());
    }

    private ServingMode openMode(Modes modes) {
        return switch (modes.open(arguments.value(AgentOptions.MODE))) {
            case ModeResult.Opened(ServingMode mode) -> mode;
            case ModeResult.Missing(String reason) -> {
                refuse(reason);
                throw new IllegalStateException("the process ends");
            }
        };
    }

    /** The file says the mode, unless {@code --mode} does. */
    private void followConfig(CurrentMode current) {
        if (!arguments.isGiven(RoutingFlags.OWN_MODE)) {
            arguments.find(RoutingFlags.CONFIG).ifPresent(file -> {
                ConfigWatch watch = ConfigWatch.start(file, arguments.value(AgentOptions.MODE), current::change);
                lifecycle.onStop("watch of the configuration", watch::close);
            });
        }
    }

    /** By the mode that serves: of tables that it owns nobody else can remove anything. */
    private static void handBack(boolean due, ServingMode mode) {
        if (due) {
            mode.removeRules();
            NodeTuning.endLoopbackRouting();
            LOG.log(Level.INFO, "kube-proxy runs on this node and has its rules in place: Fairlead's are removed");
        }
    }

    /** Removes what any agent of ours wrote, in whatever mode. */
    static Modes.Cleared removeRules() {
        Modes.Cleared cleared = Modes.removeAll();
        if (!cleared.removed().isEmpty()) {
            NodeTuning.endLoopbackRouting();
        }
        return cleared;
    }

    private AgentEvents events() {
        EventWriter writer = new EventWriter(input.eventTarget(new Reporter("fairlead.io/proxy", policy.nodeName())));
        writer.start();
        lifecycle.onStop("event writer", writer::close);
        return new AgentEvents(policy.nodeName(), writer::offer);
    }

    /** Whether load balancers may send traffic here: not while the node is being deleted. */
    private boolean eligible(ClusterStore store) {
        Node node = store.snapshot().nodes().get(policy.nodeName());
        return node == null || !node.deleting() && !node.drainedByAutoscaler();
    }
}
