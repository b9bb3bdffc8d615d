package io.fairlead.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.health.ProxyHealth;
import io.fairlead.agent.watch.WatchFeed;
import io.fairlead.cluster.ClusterDelta;
import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.write.ClusterEvent;
import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.runtime.metrics.Metrics;
import java.text.MessageFormat;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What a step tells the metrics, the health pages and the log.
 *
 * <p>Confined to the test thread.
 */
class SyncReporterTest {

    private final SmallCluster small = new SmallCluster();
    private final Metrics metrics = new Metrics();
    private final ProxyHealth health = new ProxyHealth(InstantSource.fixed(Instant.EPOCH), () -> 0, () -> true);
    private final RecordedLog log = new RecordedLog();
    private final List<ClusterEvent> said = new ArrayList<>();
    private final AgentEvents events = new AgentEvents("node-1", said::add);
    private final WatchFeed feed = new WatchFeed(InstantSource.system());
    private final SyncReporter reporter = new SyncReporter(small.engine, metrics, health, events, feed, log);

    /**
     * Keeps the lines from INFO up.
     *
     * <p>Confined to the test thread.
     */
    private static final class RecordedLog implements System.Logger {
        private final List<String> lines = new ArrayList<>();

        @Override
        public String getName() {
            return "test";
        }

        @Override
        public boolean isLoggable(Level level) {
            return level.getSeverity() >= Level.INFO.getSeverity();
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String text, @Nullable Throwable error) {
            log(level, bundle, text, new Object[0]);
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String text, @Nullable Object... values) {
            if (isLoggable(level)) {
                lines.add(level + " " + MessageFormat.format(String.valueOf(text), values));
            }
        }
    }

    @AfterEach
    void close() {
        small.close();
    }

    private String metric(String nameAndLabels) {
        StringBuilder page = new StringBuilder();
        metrics.writePage(page);
        return page.toString()
                .lines()
                .filter(line -> line.startsWith(nameAndLabels + " "))
                .map(line -> line.substring(nameAndLabels.length() + 1))
                .findFirst()
                .orElse("none");
    }

    private SyncEngine.Step everything() {
        return small.engine.applyEverything(ClusterDelta.EMPTY, small.engine.snapshot(), SmallCluster.ADDRESSES);
    }

    @Test
    void firstCleanStepMakesReady() {
        reporter.failed(new KernelException("read", "the table", Errno.EPERM, ""));
        small.dataplane.then(ScriptedDataplane.Ending.DIRTY);
        reporter.stepped(everything(), 1, 1);
        assertFalse(health.isReady());
        reporter.stepped(everything(), 2_000_000, 1_000_000);
        assertTrue(health.isReady());
        assertEquals("2.0", metric("fairlead_syncs_total{result=\"failed\"}"));
        assertEquals("1.0", metric("fairlead_syncs_total{result=\"ok\"}"));
        assertEquals("1", metric("fairlead_programming_latency_seconds_count"));
        assertEquals("0.002", metric("fairlead_programming_latency_seconds_sum"));
        assertEquals("3.0", metric("fairlead_kernel_transactions_total"));
        assertEquals(3, log.lines.size(), log.lines.toString());
        assertTrue(log.lines.getFirst().startsWith("WARNING nothing could be synced, to be retried: cannot read"));
        assertEquals("WARNING left as it was, to be retried: as the test wants", log.lines.get(1));
        assertTrue(log.lines.getLast().startsWith("INFO ready: 2 Services in the kernel, 2 elements changed in 1"));
    }

    @Test
    void frontendsAreCountedByKind() {
        try (SmallCluster fresh = new SmallCluster()) {
            SyncReporter counting = new SyncReporter(fresh.engine, metrics, health, events, feed, log);
            fresh.trouble();
            counting.stepped(fresh.step(), 0, 1);
            assertEquals("3.0", metric("fairlead_services"));
            assertEquals("1.0", metric("fairlead_contested_frontends"));
            assertEquals("2.0", metric("fairlead_set_aside_objects"));
            fresh.cluster.delete(SmallCluster.WEB);
            counting.stepped(fresh.step(), 0, 1);
            assertEquals("2.0", metric("fairlead_services"));
            assertEquals("0.0", metric("fairlead_contested_frontends"));
        }
    }

    @Test
    void objectSetAsideIsToldOnceAndOnceMoreWhenItIsWell() {
        reporter.stepped(everything(), 0, 1);
        log.lines.clear();
        small.trouble();
        reporter.stepped(everything(), 0, 1);
        reporter.stepped(everything(), 0, 1);
        assertEquals(
                List.of(
                        "WARNING 5.6.7.8:80/tcp of default/clash:http/tcp is served for default/web:http/tcp, which claims it too",
                        "WARNING set aside Service default/bad (bad.yaml:7): spec.ports[0].port: is missing",
                        "WARNING set aside Service default/twice (plan): spec.ports[1].name: another port of the same"
                                + " protocol is named 'http'"),
                log.lines.stream().sorted().toList());
        log.lines.clear();
        small.cluster.delete(ClusterKind.SERVICE, new ObjectName("default", "bad"));
        reporter.stepped(small.step(), 0, 1);
        assertEquals(List.of("INFO Service default/bad is honoured again or gone"), log.lines);
        assertEquals("1.0", metric("fairlead_set_aside_objects"));
    }

    private List<String> said() {
        List<String> lines = said.stream()
                .map(event -> event.type() + " " + event.regarding() + " " + event.reason() + ": " + event.note())
                .sorted()
                .toList();
        said.clear();
        return lines;
    }

    @Test
    void ownersOfObjectsGetOneEventEach() {
        reporter.stepped(everything(), 0, 1);
        small.trouble();
        reporter.stepped(everything(), 0, 1);
        assertEquals(
                List.of(
                        "Warning Service default/bad SetAside: spec.ports[0].port: is missing; its last good state, if any, stays"
                                + " in force",
                        "Warning Service default/clash AddressConflict: 5.6.7.8:80/tcp (externalIP) is served for"
                                + " Service default/web (LoadBalancer), which claims it too",
                        "Warning Service default/twice SetAside: spec.ports[1].name: another port of the same protocol"
                                + " is named 'http'; its last good state, if any, stays in force"),
                said());
        reporter.stepped(everything(), 0, 1);
        assertEquals(List.of(), said());
    }

    @Test
    void eventsOfTheNodeAndOfItsPorts() {
        events.starting("nftables", Instant.EPOCH);
        events.pageRefused(AgentServers.Page.HEALTH, "cannot listen on 0.0.0.0:10256");
        events.pageRefused(AgentServers.Page.METRICS, "cannot listen on 127.0.0.1:10249");
        events.healthCheckPortTaken(new ObjectName("default", "web"), "cannot listen on 0.0.0.0:31000");
        assertEquals(
                List.of(
                        "Normal Node node-1 Starting: fairlead serves Services on node node-1 in nftables mode",
                        "Warning Node node-1 FailedToStartMetricServer: cannot listen on 127.0.0.1:10249",
                        "Warning Node node-1 FailedToStartProxierHealthcheck: cannot listen on 0.0.0.0:10256",
                        "Warning Service default/web FailedToStartServiceHealthcheck: node node-1 failed to start the"
                                + " healthcheck: cannot listen on 0.0.0.0:31000"),
                said());
    }
}
