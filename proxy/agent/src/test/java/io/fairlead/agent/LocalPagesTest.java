package io.fairlead.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.health.ProxyHealth;
import io.fairlead.runtime.http.HttpReply;
import io.fairlead.runtime.http.HttpRequest;
import io.fairlead.runtime.metrics.Metrics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The pages that the commands read.
 *
 * <p>Confined to the test thread.
 */
class LocalPagesTest {

    private final SmallCluster small = new SmallCluster();
    private final ProxyLoop loop = new ProxyLoop(small.engine, Duration.ZERO, Duration.ofHours(1), Duration.ofHours(1));
    private final ProxyHealth health =
            new ProxyHealth(InstantSource.fixed(Instant.EPOCH), loop::overdueNanos, () -> true);
    private final LocalPages pages = new LocalPages(loop, SmallCluster.POLICY, health, () -> List.of("a neighbour"));

    @BeforeEach
    void start() {
        loop.start(new SyncReporter(small.engine, new Metrics(), health, SmallCluster.NO_EVENTS));
    }

    @AfterEach
    void close() {
        loop.close();
        small.close();
    }

    private String page(String path, String... parameters) {
        Map<String, String> query = new HashMap<>();
        for (int i = 0; i < parameters.length; i += 2) {
            query.put(parameters[i], parameters[i + 1]);
        }
        HttpReply reply = Objects.requireNonNull(pages.pages().get(path)).handle(new HttpRequest(path, query, false));
        StringBuilder body = new StringBuilder();
        reply.body().writeTo(body);
        return reply.status() + " " + body;
    }

    @Test
    void tablesAndJson() {
        assertTrue(page("/services").startsWith("200 SERVICE "), page("/services"));
        assertTrue(page("/services", "output", "json").startsWith("200 {"), page("/services", "output", "json"));
        assertTrue(page("/endpoints", "filter", "default/dns").contains("10.180.0.9:8080"));
        assertEquals("200 SERVICE  ENDPOINT  NODE  CONDITION  USED\n", page("/endpoints", "filter", "nothing"));
        assertTrue(page("/explain", "from", "10.0.0.5", "to", "default/web").contains("=> forwarded to one of 2"));
    }

    @Test
    void mistakeInAQuestionIsItsAskers() {
        assertEquals("400 no Service default/none\n", page("/explain", "from", "10.0.0.5", "to", "default/none"));
        assertEquals("400", page("/explain").substring(0, 3));
    }

    @Test
    void statusSaysHowFarItIs() {
        assertTrue(page("/status").contains("state       starting\nlast sync   -\n"), page("/status"));
        assertTrue(page("/status").contains("warning     a neighbour\n"), page("/status"));
        health.synced();
        assertTrue(
                page("/status").contains("state       in-sync\nlast sync   1970-01-01T00:00:00Z\n"), page("/status"));
    }

    @Test
    void agentThatStopsSaysSo() {
        loop.close();
        assertTrue(page("/status").startsWith("503 "), page("/status"));
    }
}
