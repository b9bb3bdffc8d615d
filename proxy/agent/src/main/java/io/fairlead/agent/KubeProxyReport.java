package io.fairlead.agent;

import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.metrics.KubeProxyMetric;
import io.fairlead.agent.plan.Frontend;
import io.fairlead.agent.plan.ModeRules;
import io.fairlead.agent.plan.NodePlanDelta.ServiceChange;
import io.fairlead.agent.plan.PortPlan;
import io.fairlead.agent.plan.Routing;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.cluster.ClusterChange;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.runtime.metrics.Gauge;
import io.fairlead.runtime.metrics.Metrics;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Counts steps under kube-proxy's names. A step does both families at once, so both show its duration.
 *
 * <p>Confined to the proxy loop's thread.
 */
final class KubeProxyReport {

    private static final double NANOS = 1e9;

    private final Metrics metrics;
    private final Supplier<ModeRules> rules;
    private final Map<IpFamily, NoLocalEndpoints> noLocalEndpoints = new EnumMap<>(IpFamily.class);

    /**
     * Service ports of a family that have endpoints elsewhere only. Confined to the proxy loop's thread.
     */
    private static final class NoLocalEndpoints {
        private final Gauge internalGauge;
        private final Gauge externalGauge;
        private int internal;
        private int external;

        NoLocalEndpoints(Metrics metrics, String family) {
            internalGauge = metrics.gauge(KubeProxyMetric.NO_LOCAL_ENDPOINTS, "internal", family);
            externalGauge = metrics.gauge(KubeProxyMetric.NO_LOCAL_ENDPOINTS, "external", family);
        }

        void add(PortPlan port, int sign) {
            boolean noInternal = false;
            boolean noExternal = false;
            for (Frontend frontend : port.frontends()) {
                noInternal |= frontend.routing() == Routing.DROP;
                noExternal |= frontend.routing() == Routing.PRESERVE_SOURCE_ELSEWHERE;
            }
            internal += noInternal ? sign : 0;
            external += noExternal ? sign : 0;
        }

        void show() {
            internalGauge.set(internal);
            externalGauge.set(external);
        }
    }

    /** @param rules of the mode that serves */
    KubeProxyReport(Metrics metrics, Supplier<ModeRules> rules) {
        this.metrics = metrics;
        this.rules = rules;
        for (IpFamily family : IpFamily.values()) {
            String label = KubeProxyMetric.label(family);
            noLocalEndpoints.put(family, new NoLocalEndpoints(metrics, label));
            // On the page from the start, so that alerts on a rise see the first one.
            metrics.counter(failures(), label).add(0);
        }
    }

    /** As kube-proxy of the same mode names it. */
    private KubeProxyMetric failures() {
        return rules.get() == ModeRules.NFTABLES ? KubeProxyMetric.SYNC_FAILURES : KubeProxyMetric.RESTORE_FAILURES;
    }

    void stepped(SyncEngine.Step step, long stepNanos, Instant now) {
        for (ServiceChange change : step.change().services()) {
            add(change.before(), -1);
            add(change.after(), 1);
        }
        noLocalEndpoints.values().forEach(NoLocalEndpoints::show);
        KubeProxyMetric kind =
                step.everything() ? KubeProxyMetric.FULL_SYNC_DURATION : KubeProxyMetric.PARTIAL_SYNC_DURATION;
        for (IpFamily family : IpFamily.values()) {
            String label = KubeProxyMetric.label(family);
            metrics.histogram(KubeProxyMetric.SYNC_DURATION, label).observe(stepNanos / NANOS);
            metrics.histogram(kind, label).observe(stepNanos / NANOS);
            if (hasFailure(step.result(), family)) {
                metrics.counter(failures(), label).increment();
            } else {
                metrics.gauge(KubeProxyMetric.LAST_SYNC, label).set(now.toEpochMilli() / 1e3);
            }
        }
        for (ClusterChange.Triggered trigger : step.triggers()) {
            if (!hasFailure(step.result(), trigger.family())) {
                metrics.histogram(KubeProxyMetric.NETWORK_PROGRAMMING, KubeProxyMetric.label(trigger.family()))
                        .observe(Duration.between(trigger.at(), now).toNanos() / NANOS);
            }
        }
    }

    /** A step could not begin. */
    void failed() {
        for (IpFamily family : IpFamily.values()) {
            metrics.counter(failures(), KubeProxyMetric.label(family)).increment();
        }
    }

    private void add(ServicePlan plan, int sign) {
        for (PortPlan port : plan.ports()) {
            NoLocalEndpoints counts = noLocalEndpoints.get(port.family());
            if (counts != null) {
                counts.add(port, sign);
            }
        }
    }

    private static boolean hasFailure(SyncResult result, IpFamily family) {
        return result.failures().stream().anyMatch(failure -> failure.family() == family);
    }
}
