package io.fairlead.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.ScriptedDataplane.Ending;
import io.fairlead.agent.config.ProxyMode;
import io.fairlead.agent.dataplane.Dataplane;
import io.fairlead.agent.mode.ModeResult;
import io.fairlead.agent.mode.RuleKind;
import io.fairlead.agent.mode.ServingMode;
import io.fairlead.agent.plan.ModeRules;
import io.fairlead.agent.plan.NodeResolver;
import io.fairlead.agent.plan.Plans;
import io.fairlead.cluster.model.Service;
import io.fairlead.cluster.write.ClusterEvent;
import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.netns.NetNs;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With data planes of a script, in a network namespace where no mode has written anything. */
class CurrentModeTest {

    private static final Duration LONGEST = Duration.ofMillis(500);
    private static final ProxyLoop.SyncObserver NOBODY = new ProxyLoop.SyncObserver() {
        @Override
        public void stepped(SyncEngine.Step step, long queuedNanos, long stepNanos) {}

        @Override
        public void failed(KernelException error) {}
    };

    private final NetNs namespace = NetNs.anonymous();
    private final TestCluster cluster = new TestCluster();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final List<ClusterEvent> events = new CopyOnWriteArrayList<>();

    private final ScriptedMode nftables = new ScriptedMode("nftables", RuleKind.NFTABLES, ModeRules.NFTABLES);
    private final ScriptedMode iptables = new ScriptedMode("iptables", RuleKind.IPTABLES_NFT, ModeRules.IPTABLES);
    private final ProxyLoop loop = new ProxyLoop(
            new SyncEngine(nftables.plane, new NodeResolver(SmallCluster.POLICY.servedBy(ModeRules.NFTABLES))),
            Duration.ZERO,
            Duration.ofHours(1),
            Duration.ofMillis(100));
    private final CurrentMode current = begin();

    /** Thread-safe. */
    private final class ScriptedMode implements ServingMode {

        private final ScriptedDataplane plane = new ScriptedDataplane();
        private final String name;
        private final RuleKind kind;
        private final ModeRules rules;
        private volatile boolean unwatchable;

        ScriptedMode(String name, RuleKind kind, ModeRules rules) {
            this.name = name;
            this.kind = kind;
            this.rules = rules;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String description() {
            return "of a script";
        }

        @Override
        public ModeRules rules() {
            return rules;
        }

        @Override
        public RuleKind kind() {
            return kind;
        }

        @Override
        public Dataplane dataplane() {
            return plane;
        }

        @Override
        public Runnable watch(Runnable onForeignChange) {
            if (unwatchable) {
                throw new KernelException("watch", "a test", Errno.EPERM, "as the test wants");
            }
            log.add("watch " + name);
            return () -> log.add("no watch " + name);
        }

        @Override
        public void stepped() {}

        @Override
        public boolean removeRules() {
            return false;
        }

        @Override
        public void retire() {
            log.add("retire " + name);
        }

        @Override
        public void close() {
            log.add("close " + name);
        }
    }

    private CurrentMode begin() {
        ModeFollower follower = new ModeFollower(NOBODY);
        Map<ProxyMode, ModeResult> modes = Map.of(
                ProxyMode.NFTABLES, new ModeResult.Opened(nftables),
                ProxyMode.IPTABLES, new ModeResult.Opened(iptables),
                ProxyMode.IPVS, new ModeResult.Missing("this kernel has no IPVS"));
        return namespace.run(() -> {
            CurrentMode mode = new CurrentMode(
                    asked -> {
                        if (asked == ProxyMode.AUTO) {
                            throw new KernelException("open", "a test", Errno.EPERM, "as the test wants");
                        }
                        return Objects.requireNonNull(modes.get(asked));
                    },
                    SmallCluster.POLICY,
                    nftables,
                    loop,
                    follower,
                    new AgentEvents("node-1", events::add),
                    LONGEST);
            loop.start(follower);
            return mode;
        });
    }

    @BeforeEach
    void serve() throws InterruptedException {
        publish(Plans.service("web", "172.30.0.41").build());
        assertEquals("restart", nftables.plane.next());
        assertEquals("apply [web]", nftables.plane.next());
    }

    @AfterEach
    void close() {
        nftables.plane.release();
        iptables.plane.release();
        current.close();
        loop.close();
        cluster.close();
        namespace.close();
    }

    private void publish(Service... services) {
        TestCluster.Update update = cluster.put(services).fetch();
        loop.onSnapshot(update.delta(), update.snapshot());
    }

    private void change(ProxyMode asked) {
        namespace.run(() -> current.change(asked));
    }

    private String event() {
        return events.getLast().reason() + ": " + events.getLast().note();
    }

    @Test
    void theModeBeforeEndsOnceAllIsServedByTheNextOne() throws InterruptedException {
        iptables.plane.then(Ending.DIRTY);
        change(ProxyMode.IPTABLES);
        assertEquals("iptables", current.serving().name());
        assertEquals("restart", iptables.plane.next());
        assertEquals("apply [web]", iptables.plane.next());
        assertEquals(List.of("watch nftables", "no watch nftables", "watch iptables", "retire nftables"), log);
        assertEquals(
                "ModeChanged: fairlead serves Services on node node-1 in iptables mode, and no more in nftables mode",
                event());
    }

    @Test
    void changesGoToTheModeThatServes() throws InterruptedException {
        change(ProxyMode.IPTABLES);
        while (!iptables.plane.quiet()) {
            String _ = iptables.plane.next();
        }
        publish(Plans.service("shop", "172.30.0.42").build());
        assertEquals("apply [shop]", iptables.plane.next());
        assertTrue(nftables.plane.quiet());
    }

    @Test
    void aModeThatDoesNotServeAllGivesWay() {
        for (int i = 0; i < 100; i++) {
            iptables.plane.then(Ending.DIRTY);
        }
        change(ProxyMode.IPTABLES);
        assertEquals("nftables", current.serving().name());
        assertEquals("retire iptables", log.getLast());
        assertEquals(
                "ModeRefused: fairlead goes on in nftables mode on node node-1: mode iptables did not come to serve"
                        + " all",
                event());
    }

    @Test
    void aModeThatIsNotThereChangesNothing() {
        change(ProxyMode.IPVS);
        assertEquals("nftables", current.serving().name());
        assertEquals(List.of("watch nftables"), log);
        assertEquals("ModeRefused: fairlead goes on in nftables mode on node node-1: this kernel has no IPVS", event());
    }

    @Test
    void aModeThatTheKernelRefusesChangesNothing() {
        change(ProxyMode.AUTO);
        assertEquals("nftables", current.serving().name());
        assertEquals(List.of("watch nftables"), log);
        assertTrue(
                event().startsWith("ModeRefused: fairlead goes on in nftables mode on node node-1: cannot open"),
                event());
    }

    @Test
    void aModeThatCannotBeWatchedGivesWay() {
        iptables.unwatchable = true;
        change(ProxyMode.IPTABLES);
        assertEquals("nftables", current.serving().name());
        assertEquals("retire iptables", log.getLast());
    }

    @Test
    void theSameModeIsNotBegunAgain() {
        change(ProxyMode.NFTABLES);
        assertEquals(List.of("watch nftables", "close nftables"), log);
        assertTrue(nftables.plane.quiet());
    }

    @Test
    void whoeverStopsGoesNowhere() {
        current.close();
        loop.close();
        change(ProxyMode.IPTABLES);
        assertEquals("nftables", current.serving().name());
        assertEquals(List.of("watch nftables", "no watch nftables"), log);
    }
}
