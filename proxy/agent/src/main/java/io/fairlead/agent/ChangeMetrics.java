package io.fairlead.agent;

import io.fairlead.agent.metrics.KubeProxyMetric;
import io.fairlead.cluster.ClusterDelta;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.SnapshotSubscriber;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.runtime.metrics.Metrics;
import java.time.InstantSource;

/**
 * Counts changes as they arrive, whether or not the proxy loop gets to them.
 *
 * <p>Confined to the cluster store's thread.
 */
final class ChangeMetrics implements SnapshotSubscriber {

    private final Metrics metrics;
    private final InstantSource clock;

    /** @param loop that the changes go to */
    ChangeMetrics(Metrics metrics, ProxyLoop loop, InstantSource clock) {
        this.metrics = metrics;
        this.clock = clock;
        metrics.observe(
                KubeProxyMetric.SERVICE_CHANGES_PENDING, () -> loop.pending().services());
        metrics.observe(
                KubeProxyMetric.ENDPOINT_CHANGES_PENDING, () -> loop.pending().slices());
    }

    @Override
    public void onSnapshot(ClusterDelta delta, ClusterSnapshot snapshot) {
        metrics.counter(KubeProxyMetric.SERVICE_CHANGES).add(delta.tally().services());
        metrics.counter(KubeProxyMetric.ENDPOINT_CHANGES).add(delta.tally().slices());
        for (IpFamily family : IpFamily.values()) {
            metrics.gauge(KubeProxyMetric.LAST_QUEUED, KubeProxyMetric.label(family))
                    .set(clock.millis() / 1e3);
        }
    }
}
