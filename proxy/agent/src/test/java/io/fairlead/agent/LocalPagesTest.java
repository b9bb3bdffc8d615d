package io.fairlead.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.health.ProxyHealth;
import io.fairlead.agent.plan.Plans;
import io.fairlead.agent.view.SourceStatus;
import io.fairlead.agent.watch.WatchFeed;
import io.fairlead.cluster.model.Service;
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
    private final WatchFeed feed = new WatchFeed(InstantSource.system());
    private final LocalPages pages = new LocalPages(
            loop,
            SmallCluster.POLICY,
            () -> "nftables",
            health,
            () -> new SourceStatus.Manifests("cluster", 1, 0, true),
            () -> List.of("it is raining"),
            feed);

    @BeforeEach
    void start() {
        loop.start(new SyncReporter(small.engine, new Metrics(), health, SmallCluster.NO_EVENTS, feed));
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
        assertTrue(page("/services", "output", "yaml").startsWith("200 services:\n  - "));
        assertTrue(page("/explain", "from", "10.0.0.5", "to", "default/web").contains("=> forwarded to one of 2"));
    }

    @Test
    void mistakeInAQuestionIsItsAskers() {
        assertEquals("400 no Service default/none\n", page("/explain", "from", "10.0.0.5", "to", "default/none"));
        assertEquals("400", page("/explain").substring(0, 3));
        assertEquals("400 output is none of table, json, yaml\n", page("/status", "output", "xml"));
        assertEquals("400 limit is no number from 1 to 999999\n", page("/flows", "limit", "0"));
    }

    @Test
    void statusSaysHowFarItIs() {
        assertTrue(page("/status").contains("\nstate       starting\nlast sync   -\n"), page("/status"));
        assertTrue(page("/status").contains("\nwarning     it is raining\n"), page("/status"));
        health.synced();
        assertTrue(
                page("/status").contains("\nstate       in-sync\nlast sync   1970-01-01T00:00:00Z\n"), page("/status"));
    }

    @Test
    void statusThatFailsIsBadNewsForScripts() throws InterruptedException {
        small.dataplane.then(ScriptedDataplane.Ending.EXCEPTION);
        Service fresh = Plans.service("fresh", "172.30.0.60").build();
        small.cluster.put(fresh);
        TestCluster.Update update = small.cluster.fetch();
        loop.onSnapshot(update.delta(), update.snapshot());
        String call = small.dataplane.next();
        while (!call.contains("fresh")) {
            call = small.dataplane.next();
            assertTrue(call.startsWith("apply") || call.equals("restart"), call);
        }
        ProxyHealth overdue = new ProxyHealth(InstantSource.fixed(Instant.EPOCH), () -> Long.MAX_VALUE, () -> true);
        overdue.synced();
        LocalPages failing = new LocalPages(
                loop,
                SmallCluster.POLICY,
                () -> "nftables",
                overdue,
                () -> new SourceStatus.Api(List.of()),
                List::of,
                feed);
        HttpReply reply = Objects.requireNonNull(failing.pages().get("/status"))
                .handle(new HttpRequest("/status", Map.of(), false));
        assertEquals("1", reply.headers().get(HttpReply.EXIT_CODE));
        assertEquals(200, reply.status());
    }

    @Test
    void agentThatStopsSaysSo() {
        loop.close();
        assertTrue(page("/status").startsWith("503 "), page("/status"));
    }
}
