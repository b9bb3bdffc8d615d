package io.fairlead.agent.health;

import io.fairlead.runtime.http.HttpHandler;
import io.fairlead.runtime.http.HttpReply;
import io.fairlead.runtime.table.JsonWriter;
import io.fairlead.runtime.table.StructureWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * The health pages. {@code /healthz} and {@code /livez} mean what they mean in kube-proxy: healthy while starting, red
 * when a queued change is overdue, and {@code /healthz} red too when the node is being deleted, so that cloud load
 * balancers steer away. {@code /readyz} is red until the first full sync is in the kernel.
 *
 * <p>Thread-safe.
 */
public final class ProxyHealth {

    /** A change that waits longer makes the agent unhealthy: twice kube-proxy's default sync period. */
    public static final Duration OVERDUE = Duration.ofSeconds(60);

    private final InstantSource clock;
    private final LongSupplier overdueNanos;
    private final BooleanSupplier nodeEligible;
    private volatile Instant lastUpdate;
    private volatile boolean ready;

    /**
     * @param overdueNanos nanoseconds that the oldest change has been waiting, 0 without one
     * @param nodeEligible whether load balancers may send traffic to this node
     */
    public ProxyHealth(InstantSource clock, LongSupplier overdueNanos, BooleanSupplier nodeEligible) {
        this.clock = clock;
        this.overdueNanos = overdueNanos;
        this.nodeEligible = nodeEligible;
        this.lastUpdate = clock.instant();
    }

    /** The kernel is as the cluster says. */
    public void synced() {
        lastUpdate = clock.instant();
        ready = true;
    }

    public Instant now() {
        return clock.instant();
    }

    /** When the kernel last was as the cluster says; nothing before the first time. */
    public Optional<Instant> lastSync() {
        return ready ? Optional.of(lastUpdate) : Optional.empty();
    }

    public boolean isReady() {
        return ready;
    }

    public boolean isHealthy() {
        return overdueNanos.getAsLong() < OVERDUE.toNanos();
    }

    /** The pages by path. */
    public Map<String, HttpHandler> pages() {
        return Map.of(
                "/healthz",
                _ -> {
                    boolean healthy = isHealthy();
                    boolean eligible = nodeEligible.getAsBoolean();
                    return reply(healthy, healthy && eligible, json -> json.member("nodeEligible", eligible));
                },
                "/livez",
                _ -> {
                    boolean healthy = isHealthy();
                    return reply(healthy, healthy, json -> json);
                },
                "/readyz",
                _ -> HttpReply.text(
                        ready ? 200 : 503, ready ? "ready\n" : "the first sync is not in the kernel yet\n"));
    }

    private HttpReply reply(boolean healthy, boolean good, UnaryOperator<StructureWriter> more) {
        Instant now = clock.instant();
        Instant synced = lastUpdate;
        // "Now" when healthy, as cloud load balancers' checks have come to expect.
        Instant updated = good ? now : synced;
        return new HttpReply(good ? 200 : 503, HttpReply.JSON, out -> {
            StructureWriter json = JsonWriter.compact(out)
                    .beginObject()
                    .member("lastUpdated", updated.toString())
                    .member("currentTime", now.toString());
            more.apply(json).member("healthy", healthy).name("status").beginObject();
            // One loop does both families, so they are healthy together.
            for (String family : List.of("IPv4", "IPv6")) {
                json.name(family)
                        .beginObject()
                        .member("lastUpdated", synced.toString())
                        .member("healthy", healthy)
                        .endObject();
            }
            json.endObject().endObject();
        });
    }
}
