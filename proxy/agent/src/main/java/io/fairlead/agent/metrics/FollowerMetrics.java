package io.fairlead.agent.metrics;

import io.fairlead.agent.conntrack.StaleFlowObserver;
import io.fairlead.agent.healthcheck.HealthCheckObserver;
import io.fairlead.agent.neighbour.NeighbourObserver;
import io.fairlead.agent.neighbour.NeighbourReport;
import io.fairlead.agent.plan.ServicePortName;
import io.fairlead.agent.relay.RelayObserver;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.kernel.KernelException;
import io.fairlead.runtime.metrics.Metrics;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Counts what the parts do that follow the proxy loop.
 *
 * <p>Thread-safe.
 */
public final class FollowerMetrics implements StaleFlowObserver, RelayObserver, HealthCheckObserver, NeighbourObserver {

    private static final Logger LOG = System.getLogger(FollowerMetrics.class.getName());
    private static final double NANOS = 1e9;

    private final Metrics metrics;

    public FollowerMetrics(Metrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void cleaned(IpFamily family, long deleted, long nanos) {
        metrics.counter(ProxyCounters.STALE_FLOWS).add(deleted);
        metrics.histogram(ProxyCounters.STALE_FLOW_DURATION).observe(nanos / NANOS);
        String label = KubeProxyMetric.label(family);
        metrics.counter(KubeProxyMetric.FLOWS_DELETED, label).add(deleted);
        metrics.histogram(KubeProxyMetric.FLOWS_DURATION, label).observe(nanos / NANOS);
        if (deleted > 0) {
            LOG.log(Level.DEBUG, "deleted {0} UDP flows to backends that left ({1})", deleted, family);
        }
    }

    @Override
    public void failed(IpFamily family, KernelException error) {
        metrics.counter(ProxyCounters.STALE_FLOW_FAILURES).increment();
    }

    @Override
    public void listening(int listeners) {
        metrics.gauge(ProxyCounters.RELAY_LISTENERS).set(listeners);
    }

    @Override
    public void bindFailed(ServicePortName port) {
        metrics.counter(ProxyCounters.RELAY_BIND_FAILURES).increment();
    }

    @Override
    public void answering(int services) {
        metrics.gauge(ProxyCounters.HEALTH_CHECK_PORTS).set(services);
    }

    @Override
    public void portTaken(ObjectName service, String reason) {
        metrics.counter(ProxyCounters.HEALTH_CHECK_BIND_FAILURES).increment();
    }

    @Override
    public void looked(NeighbourReport report) {
        metrics.gauge(ProxyCounters.KUBE_PROXY_RUNNING).set(report.running().isEmpty() ? 0 : 1);
        metrics.gauge(ProxyCounters.KUBE_PROXY_TRACES).set(report.traces().size());
        metrics.gauge(ProxyCounters.FORWARD_FIREWALLS).set(report.firewalls().size());
    }

    @Override
    public void turnedAway(ServicePortName port) {
        metrics.counter(ProxyCounters.RELAY_TURNED_AWAY).increment();
    }
}
