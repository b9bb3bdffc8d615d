package io.fairlead.agent;

import io.fairlead.agent.conntrack.StaleFlowCleaner;
import io.fairlead.agent.health.ProxyHealth;
import io.fairlead.agent.healthcheck.HealthCheckObserver;
import io.fairlead.agent.healthcheck.HealthCheckServers;
import io.fairlead.agent.metrics.FollowerMetrics;
import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.relay.LoopbackRelay;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.kernel.KernelException;
import io.fairlead.runtime.lifecycle.Lifecycle;
import io.fairlead.runtime.metrics.Metrics;
import java.util.Optional;

/**
 * What follows each step of the loop: reports, the clean-up of UDP flows to backends that left, listeners on [::1],
 * health check ports. None of them holds the loop up.
 *
 * <p>Confined to the proxy loop's thread.
 */
final class Followers implements ProxyLoop.SyncObserver {

    private final SyncReporter reporter;
    private final StaleFlowCleaner flows;
    private final Optional<LoopbackRelay> relay;
    private final HealthCheckServers healthChecks;

    private Followers(
            SyncReporter reporter,
            StaleFlowCleaner flows,
            Optional<LoopbackRelay> relay,
            HealthCheckServers healthChecks) {
        this.reporter = reporter;
        this.flows = flows;
        this.relay = relay;
        this.healthChecks = healthChecks;
    }

    /** Starts them; they end with the process. */
    static Followers start(
            SyncReporter reporter,
            ProxyHealth health,
            Metrics metrics,
            AgentEvents events,
            AgentPolicy policy,
            Lifecycle lifecycle) {
        FollowerMetrics counts = new FollowerMetrics(metrics);
        StaleFlowCleaner flows = new StaleFlowCleaner(counts);
        flows.start();
        lifecycle.onStop("stale flows", flows::close);
        Optional<LoopbackRelay> relay = policy.nodePortAddresses().servesLoopbackV6()
                ? Optional.of(new LoopbackRelay(counts))
                : Optional.empty();
        relay.ifPresent(LoopbackRelay::start);
        relay.ifPresent(running -> lifecycle.onStop("loopback relay", running::close));
        HealthCheckServers healthChecks = new HealthCheckServers(
                both(counts, events),
                health::isHealthy,
                policy.nodePortAddresses().isEverywhere());
        healthChecks.start();
        lifecycle.onStop("health check ports", healthChecks::close);
        return new Followers(reporter, flows, relay, healthChecks);
    }

    private static HealthCheckObserver both(FollowerMetrics counts, AgentEvents events) {
        return new HealthCheckObserver() {
            @Override
            public void answering(int services) {
                counts.answering(services);
            }

            @Override
            public void portTaken(ObjectName service, String reason) {
                counts.portTaken(service, reason);
                events.healthCheckPortTaken(service, reason);
            }
        };
    }

    @Override
    public void stepped(SyncEngine.Step step, long queuedNanos, long stepNanos) {
        reporter.stepped(step, queuedNanos, stepNanos);
        flows.stepped(step.change(), step.result());
        relay.ifPresent(running -> running.stepped(step.change()));
        healthChecks.stepped(step.change(), step.result());
    }

    @Override
    public void failed(KernelException error) {
        reporter.failed(error);
    }
}
