package io.fairlead.agent.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.fairlead.runtime.http.HttpReply;
import io.fairlead.runtime.http.HttpRequest;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Rows 64 to 67 of the services facts.
 *
 * <p>Confined to the test thread.
 */
class ProxyHealthTest {

    private static final long SECOND = 1_000_000_000L;

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private long overdueNanos;
    private boolean eligible = true;
    private final ProxyHealth health = new ProxyHealth(() -> now, () -> overdueNanos, () -> eligible);

    private String page(String path) {
        HttpReply reply =
                Objects.requireNonNull(health.pages().get(path)).handle(new HttpRequest(path, Map.of(), false));
        StringBuilder body = new StringBuilder();
        reply.body().writeTo(body);
        return reply.status() + " " + body.toString().strip();
    }

    /** The rest of a body: what kube-proxy's two loops say, which is one here. */
    private static String rest(boolean healthy, String lastUpdated) {
        String family = "{\"lastUpdated\":\"" + lastUpdated + "\",\"healthy\":" + healthy + "}";
        return ",\"healthy\":" + healthy + ",\"status\":{\"IPv4\":" + family + ",\"IPv6\":" + family + "}}";
    }

    @Test
    void startsHealthyAndNotReady() {
        String times = "\"lastUpdated\":\"2026-01-01T00:00:00Z\",\"currentTime\":\"2026-01-01T00:00:00Z\"";
        String rest = rest(true, "2026-01-01T00:00:00Z");
        assertEquals("200 {" + times + ",\"nodeEligible\":true" + rest, page("/healthz"));
        assertEquals("200 {" + times + rest, page("/livez"));
        assertEquals("503 the first sync is not in the kernel yet", page("/readyz"));
        assertEquals(Optional.empty(), health.lastSync());
        assertFalse(health.isReady());
    }

    @Test
    void becomesReadyWithTheFirstSync() {
        now = now.plusSeconds(5);
        health.synced();
        assertEquals("200 ready", page("/readyz"));
        assertEquals(Optional.of(now), health.lastSync());
    }

    @Test
    void overdueChangeTurnsRedAndStaysReady() {
        health.synced();
        now = now.plusSeconds(100);
        overdueNanos = 60 * SECOND - 1;
        assertEquals("200", page("/livez").substring(0, 3));
        overdueNanos = 60 * SECOND;
        String times = "\"lastUpdated\":\"2026-01-01T00:00:00Z\",\"currentTime\":\"2026-01-01T00:01:40Z\"";
        String rest = rest(false, "2026-01-01T00:00:00Z");
        assertEquals("503 {" + times + rest, page("/livez"));
        assertEquals("503 {" + times + ",\"nodeEligible\":true" + rest, page("/healthz"));
        assertEquals("200 ready", page("/readyz"));
        overdueNanos = 0;
        assertEquals("200", page("/healthz").substring(0, 3));
    }

    @Test
    void nodeThatIsBeingDeletedIsOnlyLive() {
        eligible = false;
        assertEquals("503", page("/healthz").substring(0, 3));
        assertEquals("200", page("/livez").substring(0, 3));
    }
}
