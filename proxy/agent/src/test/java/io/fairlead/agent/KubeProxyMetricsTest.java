package io.fairlead.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.health.ProxyHealth;
import io.fairlead.agent.plan.ModeRules;
import io.fairlead.agent.plan.Plans;
import io.fairlead.agent.watch.WatchFeed;
import io.fairlead.cluster.ClusterChange;
import io.fairlead.cluster.ClusterDelta;
import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.Service;
import io.fairlead.runtime.metrics.Metrics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Rows 101 and X-04 of the services facts: kube-proxy's metrics, counted as kube-proxy counts.
 *
 * <p>Confined to the test thread.
 */
class KubeProxyMetricsTest {

    private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);

    private final SmallCluster small = new SmallCluster();
    private final Metrics metrics = new Metrics();
    private final KubeProxyReport report = new KubeProxyReport(metrics, () -> ModeRules.NFTABLES);

    @AfterEach
    void close() {
        small.close();
    }

    private String metric(String nameAndLabels) {
        StringBuilder page = new StringBuilder();
        metrics.writePage(page);
        String start = "kubeproxy_" + nameAndLabels + " ";
        return page.toString()
                .lines()
                .filter(line -> line.startsWith(start))
                .map(line -> line.substring(start.length()))
                .findFirst()
                .orElse("none");
    }

    private SyncEngine.Step everything() {
        return small.engine.applyEverything(ClusterDelta.EMPTY, small.engine.snapshot(), SmallCluster.ADDRESSES);
    }

    @Test
    void stepsAreTimedAsFullOrPartial() {
        report.stepped(everything(), 2_000_000, NOW);
        small.cluster.delete(SmallCluster.DNS);
        report.stepped(small.step(), 1_000_000, NOW);
        for (String family : List.of("{ip_family=\"IPv4\"}", "{ip_family=\"IPv6\"}")) {
            assertEquals("2", metric("sync_proxy_rules_duration_seconds_count" + family));
            assertEquals("0.003", metric("sync_proxy_rules_duration_seconds_sum" + family));
            assertEquals("0.002", metric("sync_full_proxy_rules_duration_seconds_sum" + family));
            assertEquals("0.001", metric("sync_partial_proxy_rules_duration_seconds_sum" + family));
            assertEquals("1.7E9", metric("sync_proxy_rules_last_timestamp_seconds" + family));
            assertEquals("0.0", metric("sync_proxy_rules_nftables_sync_failures_total" + family));
        }
    }

    @Test
    void bucketsAreKubeProxys() {
        report.stepped(everything(), 1, NOW);
        for (String bound : List.of("0.001", "0.002", "0.512", "1.024", "16.384", "+Inf")) {
            assertEquals(
                    "1",
                    metric("sync_proxy_rules_duration_seconds_bucket{ip_family=\"IPv4\",le=\"" + bound + "\"}"),
                    bound);
        }
    }

    @Test
    void networkProgrammingIsMeasuredFromTheTrigger() {
        List<ClusterChange.Triggered> triggers = List.of(
                new ClusterChange.Triggered(IpFamily.IPV4, NOW.minusMillis(300)),
                new ClusterChange.Triggered(IpFamily.IPV4, NOW.minusSeconds(118)),
                new ClusterChange.Triggered(IpFamily.IPV4, NOW.minusSeconds(290)),
                new ClusterChange.Triggered(IpFamily.IPV6, NOW.minusSeconds(1)));
        SyncResult failing = new SyncResult(
                1, 0, List.of(new SyncResult.Failure(IpFamily.IPV6, Optional.empty(), "as the test wants")));
        report.stepped(new SyncEngine.Step(everything().change(), failing, false, triggers), 1, NOW);
        String bucket = "network_programming_duration_seconds_bucket{ip_family=\"IPv4\",le=\"";
        assertEquals("0", metric(bucket + "0.25\"}"));
        assertEquals("1", metric(bucket + "0.5\"}"));
        assertEquals("1", metric(bucket + "115.0\"}"));
        assertEquals("2", metric(bucket + "120.0\"}"));
        assertEquals("3", metric(bucket + "300.0\"}"));
        assertEquals("none", metric("network_programming_duration_seconds_count{ip_family=\"IPv6\"}"));
    }

    @Test
    void failuresAreOfTheirFamily() {
        SyncResult failing = new SyncResult(
                1, 0, List.of(new SyncResult.Failure(IpFamily.IPV6, Optional.empty(), "as the test wants")));
        report.stepped(new SyncEngine.Step(everything().change(), failing, false, List.of()), 1, NOW);
        assertEquals("0.0", metric("sync_proxy_rules_nftables_sync_failures_total{ip_family=\"IPv4\"}"));
        assertEquals("1.0", metric("sync_proxy_rules_nftables_sync_failures_total{ip_family=\"IPv6\"}"));
        assertEquals("1.7E9", metric("sync_proxy_rules_last_timestamp_seconds{ip_family=\"IPv4\"}"));
        assertEquals("none", metric("sync_proxy_rules_last_timestamp_seconds{ip_family=\"IPv6\"}"));
        report.failed();
        assertEquals("1.0", metric("sync_proxy_rules_nftables_sync_failures_total{ip_family=\"IPv4\"}"));
        assertEquals("2.0", metric("sync_proxy_rules_nftables_sync_failures_total{ip_family=\"IPv6\"}"));
    }

    @Test
    void servicePortsWithEndpointsElsewhereOnlyAreCounted() {
        Service internal =
                Plans.service("internal", "172.30.0.60").internalLocal().build();
        Service external = Plans.service("external", "172.30.0.61")
                .nodePort(30061)
                .externalLocal()
                .build();
        Service nowhere = Plans.service("nowhere", "172.30.0.62")
                .nodePort(30062)
                .internalLocal()
                .externalLocal()
                .build();
        small.cluster.put(
                internal,
                Plans.slice(internal, "10.180.0.2@node-2"),
                external,
                Plans.slice(external, "10.180.0.2@node-2"),
                nowhere);
        report.stepped(small.step(), 1, NOW);
        assertNoLocal("1.0", "1.0");
        small.cluster.put(Plans.slice(internal, "10.180.0.2@node-2", "10.180.0.1@node-1"));
        report.stepped(small.step(), 1, NOW);
        assertNoLocal("0.0", "1.0");
        small.cluster.delete(ClusterKind.SERVICE, external.name());
        report.stepped(small.step(), 1, NOW);
        assertNoLocal("0.0", "0.0");
    }

    private void assertNoLocal(String internal, String external) {
        String name = "sync_proxy_rules_no_local_endpoints_total";
        assertEquals(internal, metric(name + "{ip_family=\"IPv4\",traffic_policy=\"internal\"}"));
        assertEquals(external, metric(name + "{ip_family=\"IPv4\",traffic_policy=\"external\"}"));
        assertEquals("0.0", metric(name + "{ip_family=\"IPv6\",traffic_policy=\"internal\"}"));
    }

    @Test
    void changesArePendingUntilAStepTakesThem() throws InterruptedException {
        ProxyLoop loop = new ProxyLoop(small.engine, Duration.ZERO, Duration.ofHours(1), Duration.ofHours(1));
        ChangeMetrics changes = new ChangeMetrics(metrics, loop, InstantSource.fixed(NOW));
        Service fresh = Plans.service("fresh", "172.30.0.60").build();
        small.cluster.put(fresh, Plans.slice(fresh, "10.180.0.2@node-2"));
        TestCluster.Update update = small.cluster.fetch();
        changes.onSnapshot(update.delta(), update.snapshot());
        loop.onSnapshot(update.delta(), update.snapshot());
        assertEquals("1.0", metric("sync_proxy_rules_service_changes_total"));
        assertEquals("1.0", metric("sync_proxy_rules_endpoint_changes_total"));
        assertEquals("1.0", metric("sync_proxy_rules_service_changes_pending"));
        assertEquals("1.0", metric("sync_proxy_rules_endpoint_changes_pending"));
        assertEquals("1.7E9", metric("sync_proxy_rules_last_queued_timestamp_seconds{ip_family=\"IPv6\"}"));
        small.dataplane.hold();
        loop.start(new SyncReporter(
                small.engine,
                new Metrics(),
                new ProxyHealth(InstantSource.fixed(NOW), () -> 0, () -> true),
                SmallCluster.NO_EVENTS,
                new WatchFeed(InstantSource.system())));
        String call = small.dataplane.next();
        while (!call.contains("fresh")) {
            call = small.dataplane.next();
            assertTrue(call.startsWith("apply") || call.equals("restart"), call);
        }
        assertEquals("0.0", metric("sync_proxy_rules_service_changes_pending"));
        assertEquals("0.0", metric("sync_proxy_rules_endpoint_changes_pending"));
        assertEquals("1.0", metric("sync_proxy_rules_service_changes_total"));
        small.dataplane.release();
        loop.close();
    }
}
