package io.fairlead.agent;

import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.health.ProxyHealth;
import io.fairlead.agent.metrics.ProxyCounters;
import io.fairlead.agent.plan.FrontendKind;
import io.fairlead.agent.plan.NodePlanDelta.ServiceChange;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.agent.watch.WatchFeed;
import io.fairlead.kernel.KernelException;
import io.fairlead.runtime.metrics.Metrics;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.EnumMap;
import java.util.Map;

/**
 * Tells the world what each step did: log, metrics, health, those who watch.
 *
 * <p>Confined to the proxy loop's thread.
 */
final class SyncReporter implements ProxyLoop.SyncObserver {

    private static final double NANOS = 1e9;

    private final Logger log;
    private final SyncEngine engine;
    private final Metrics metrics;
    private final ProxyHealth health;
    private final KubeProxyReport kubeProxy;
    private final ObjectReport objects;
    private final WatchFeed feed;
    private final Map<FrontendKind, Integer> frontends = new EnumMap<>(FrontendKind.class);

    SyncReporter(SyncEngine engine, Metrics metrics, ProxyHealth health, AgentEvents events, WatchFeed feed) {
        this(engine, metrics, health, events, feed, System.getLogger(SyncReporter.class.getName()));
    }

    SyncReporter(
            SyncEngine engine, Metrics metrics, ProxyHealth health, AgentEvents events, WatchFeed feed, Logger log) {
        this.log = log;
        this.engine = engine;
        this.metrics = metrics;
        this.health = health;
        this.feed = feed;
        this.kubeProxy = new KubeProxyReport(metrics, engine::rules);
        this.objects = new ObjectReport(engine, metrics, events, feed, log);
    }

    @Override
    public void stepped(SyncEngine.Step step, long queuedNanos, long stepNanos) {
        SyncResult result = step.result();
        metrics.counter(ProxyCounters.SYNCS, result.dirty() ? "failed" : "ok").increment();
        metrics.histogram(ProxyCounters.SYNC_DURATION).observe(stepNanos / NANOS);
        metrics.counter(ProxyCounters.KERNEL_TRANSACTIONS).add(result.transactions());
        metrics.counter(ProxyCounters.KERNEL_ELEMENTS).add(result.elements());
        count(step);
        kubeProxy.stepped(step, stepNanos, health.now());
        feed.changed(step.change());
        objects.stepped();
        if (isRepair(step)) {
            feed.repaired(result.elements());
        }
        for (SyncResult.Failure failure : result.failures()) {
            log.log(Level.WARNING, "left as it was, to be retried: {0}", failure.reason());
            feed.failed("left as it was, to be retried: " + failure.reason());
        }
        if (!result.failures().stream().allMatch(failure -> failure.frontend().isPresent())) {
            return;
        }
        // One frontend that the kernel refuses is set aside; it must not keep the node from being ready.
        boolean first = !health.isReady();
        health.synced();
        if (queuedNanos > 0) {
            metrics.histogram(ProxyCounters.PROGRAMMING_LATENCY).observe(queuedNanos / NANOS);
        }
        if (first) {
            log.log(
                    Level.INFO,
                    "ready: {0} Services in the kernel, {1} elements changed in {2} transactions, {3} ms",
                    engine.planner().services().size(),
                    result.elements(),
                    result.transactions(),
                    stepNanos / 1_000_000);
        } else if (result.transactions() > 0) {
            log.log(
                    Level.DEBUG,
                    "synced: {0} Services and {1} elements changed in {2} transactions",
                    step.change().services().size(),
                    result.elements(),
                    result.transactions());
        }
    }

    @Override
    public void failed(KernelException error) {
        metrics.counter(ProxyCounters.SYNCS, "failed").increment();
        kubeProxy.failed();
        log.log(Level.WARNING, "nothing could be synced, to be retried: {0}", error.getMessage());
        feed.failed("nothing could be synced, to be retried: " + error.getMessage());
    }

    /** Nothing of the plan changed, and yet the kernel was not as it should be. */
    private static boolean isRepair(SyncEngine.Step step) {
        return step.everything()
                && step.change().services().isEmpty()
                && step.result().transactions() > 0
                && !step.result().dirty();
    }

    /** Adds and subtracts what changed, so that the cost does not depend on the cluster. */
    private void count(SyncEngine.Step step) {
        for (ServiceChange change : step.change().services()) {
            add(change.before(), -1);
            add(change.after(), 1);
        }
        for (FrontendKind kind : FrontendKind.values()) {
            metrics.gauge(ProxyCounters.FRONTENDS, kind.toString()).set(frontends.getOrDefault(kind, 0));
        }
        metrics.gauge(ProxyCounters.SERVICES).set(engine.planner().services().size());
    }

    private void add(ServicePlan plan, int sign) {
        plan.ports()
                .forEach(port ->
                        port.frontends().forEach(frontend -> frontends.merge(frontend.kind(), sign, Integer::sum)));
    }
}
