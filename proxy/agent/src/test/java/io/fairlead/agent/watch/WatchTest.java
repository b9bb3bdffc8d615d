package io.fairlead.agent.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.plan.NodePlanDelta;
import io.fairlead.agent.plan.NodePlanDelta.ServiceChange;
import io.fairlead.agent.plan.Plans;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.agent.plan.ServicePlanner;
import io.fairlead.agent.view.SourceStatus;
import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Service;
import io.fairlead.runtime.http.HttpEndpoint;
import io.fairlead.runtime.http.HttpLimits;
import io.fairlead.runtime.http.HttpServer;
import io.fairlead.runtime.http.LocalAnswer;
import io.fairlead.runtime.http.LocalApiClient;
import io.fairlead.runtime.table.Output;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Live lines, over a real socket.
 *
 * <p>Confined to the test thread.
 */
@Timeout(60)
class WatchTest {

    private static final ObjectKey BAD = new ObjectKey(ClusterKind.SERVICE, new ObjectName("default", "bad"));

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final Service WEB = Plans.service("web", "172.30.0.41").build();
    private static final Service DNS = Plans.service("dns", "172.30.0.53").build();

    @TempDir
    Path runDir;

    private final WatchFeed feed = new WatchFeed(InstantSource.fixed(NOON));
    private volatile SourceStatus source = new SourceStatus.Manifests("cluster", 1, 0, true);
    private final WatchPage page = new WatchPage(feed, () -> source, "node-1");
    private HttpServer server;

    @BeforeEach
    void serve() {
        server = HttpServer.start(
                new HttpEndpoint.Unix(runDir.resolve("proxy.sock")),
                Map.of(
                        "/watch",
                        request -> page.open(
                                Output.of(request.parameter("output").orElse("table"))
                                        .orElseThrow(),
                                request.parameter("filter").orElse(""))),
                HttpLimits.DEFAULT);
    }

    @AfterEach
    void close() {
        feed.close();
        server.close();
    }

    /** A command that watches. */
    private final class Watcher {

        private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
        private final CompletableFuture<LocalAnswer> answer;

        Watcher(Map<String, String> parameters) {
            LocalApiClient client = new LocalApiClient(runDir, Duration.ofMinutes(5), Long.MAX_VALUE);
            answer = CompletableFuture.supplyAsync(
                    () -> client.ask("proxy", "/watch", parameters, lines), Thread::startVirtualThread);
            await(() -> text().contains("node node-1") || answer.isDone());
        }

        String text() {
            return lines.toString(StandardCharsets.UTF_8);
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "not within 20 s");
            Thread.onSpinWait();
        }
    }

    private static ServicePlan plan(Service service, String... endpoints) {
        EndpointSlice slice = Plans.slice(service, endpoints);
        return ServicePlanner.plan(service, List.of(slice), Plans.NODE);
    }

    private void tell(ServicePlan before, ServicePlan after) {
        feed.changed(new NodePlanDelta(List.of(new ServiceChange(before, after)), Plans.SETTINGS, Plans.SETTINGS));
    }

    @Test
    void linesForPeople() throws ExecutionException, InterruptedException {
        Watcher all = new Watcher(Map.of());
        Watcher dns = new Watcher(Map.of("filter", "default/dns"));
        ServicePlan one = plan(WEB, "10.180.0.1@node-1");
        ServicePlan two = plan(WEB, "10.180.0.2@node-2");
        tell(ServicePlan.nothing(WEB.name()), one);
        tell(one, two);
        feed.setAside(BAD, "bad.yaml:7", "spec: is missing");
        feed.honoured(BAD);
        feed.failed("the kernel says no");
        feed.repaired(3);
        tell(two, ServicePlan.nothing(WEB.name()));
        tell(ServicePlan.nothing(DNS.name()), plan(DNS, "10.180.0.3@node-1"));
        feed.close();
        assertEquals(new LocalAnswer.Delivered(0), all.answer.get());
        assertEquals("""
                12:00:00.000  watching    node node-1
                12:00:00.000  planned     default/web  +172.30.0.41:80/tcp +10.180.0.1:8080
                12:00:00.000  changed     default/web  +10.180.0.2:8080 -10.180.0.1:8080
                12:00:00.000  set-aside   Service default/bad: bad.yaml:7: spec: is missing
                12:00:00.000  honoured    Service default/bad: is honoured again or gone
                12:00:00.000  failed      the kernel says no
                12:00:00.000  repaired    the kernel differed from the plan: 3 elements set right
                12:00:00.000  removed     default/web  -172.30.0.41:80/tcp -10.180.0.2:8080
                12:00:00.000  planned     default/dns  +172.30.0.53:80/tcp +10.180.0.3:8080
                """, all.text());
        assertEquals(new LocalAnswer.Delivered(0), dns.answer.get());
        assertEquals("""
                12:00:00.000  watching    node node-1
                12:00:00.000  failed      the kernel says no
                12:00:00.000  repaired    the kernel differed from the plan: 3 elements set right
                12:00:00.000  planned     default/dns  +172.30.0.53:80/tcp +10.180.0.3:8080
                """, dns.text());
    }

    @Test
    void anObjectALineForPrograms() throws ExecutionException, InterruptedException {
        Watcher watcher = new Watcher(Map.of("output", "json"));
        tell(ServicePlan.nothing(WEB.name()), plan(WEB, "10.180.0.1@node-1"));
        feed.close();
        watcher.answer.get();
        assertEquals("""
                {"time":"2026-01-01T12:00:00Z","event":"watching","object":"","text":"node node-1"}
                {"time":"2026-01-01T12:00:00Z","event":"planned","service":"default/web","frontends":\
                {"came":["172.30.0.41:80/tcp"],"went":[],"changed":[]},"backends":\
                {"came":["10.180.0.1:8080"],"went":[],"changed":[]}}
                """, watcher.text());
    }

    @Test
    void troubleOfTheSourceIsToldWhenItComesAndGoes() {
        Watcher watcher = new Watcher(Map.of());
        source = new SourceStatus.Manifests("cluster", 1, 0, false);
        await(() -> watcher.text().contains("source      manifests: the directory is missing\n"));
        source = new SourceStatus.Manifests("cluster", 1, 0, true);
        await(() -> watcher.text().contains("source      manifests: is well again\n"));
    }

    /** An output that takes nothing behind the first line until it is released. */
    private static final class Stuck extends ByteArrayOutputStream {

        private final CountDownLatch began = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        @Override
        public void flush() {
            began.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void aReaderThatIsStuckLosesLinesAndHoldsNobodyUp() throws ExecutionException, InterruptedException {
        Stuck output = new Stuck();
        LocalApiClient client = new LocalApiClient(runDir, Duration.ofMinutes(5), Long.MAX_VALUE);
        CompletableFuture<LocalAnswer> answer = CompletableFuture.supplyAsync(
                () -> client.ask("proxy", "/watch", Map.of(), output), Thread::startVirtualThread);
        output.began.await();
        String reason = "x".repeat(1000);
        int told = 3 * WatchReader.LINES_MAX;
        long start = System.nanoTime();
        for (int i = 0; i < told; i++) {
            feed.failed(reason);
        }
        long nanos = System.nanoTime() - start;
        assertTrue(nanos < TimeUnit.SECONDS.toNanos(5), "took " + nanos + " ns");
        output.released.countDown();
        feed.close();
        answer.get();
        String text = output.toString(StandardCharsets.UTF_8);
        long lines = text.lines().filter(line -> line.endsWith(reason)).count();
        long lost = Pattern.compile("lost +([0-9]+) lines")
                .matcher(text)
                .results()
                .mapToLong(match -> Long.parseLong(match.group(1)))
                .sum();
        assertTrue(lost > 0);
        assertEquals(told, lines + lost);
    }

    private static void read(SocketChannel channel, StringBuilder into) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(8192);
        assertTrue(channel.read(bytes) >= 0);
        into.append(new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8));
    }

    @Test
    void aReaderThatLeavesMakesRoomForAnother() throws IOException {
        for (int i = 0; i < 3 * WatchFeed.READERS_MAX; i++) {
            try (SocketChannel brief = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                await(() -> feed.readers() < WatchFeed.READERS_MAX);
                brief.connect(UnixDomainSocketAddress.of(runDir.resolve("proxy.sock")));
                brief.write(ByteBuffer.wrap(
                        "GET /watch HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.UTF_8)));
                StringBuilder read = new StringBuilder();
                while (!read.toString().contains("node-1")) {
                    read(brief, read);
                }
            }
        }
        await(() -> feed.readers() == 0);
    }

    @Test
    void fewMayWatchAtATime() throws ExecutionException, InterruptedException {
        for (int i = 0; i < WatchFeed.READERS_MAX; i++) {
            assertFalse(new Watcher(Map.of()).answer.isDone());
        }
        assertEquals(
                new LocalAnswer.Refused(503, "no more than 4 commands may watch at a time"),
                new Watcher(Map.of()).answer.get());
    }

    @Test
    void longListsAreCountedInALine() {
        String[] endpoints = new String[20];
        for (int i = 0; i < endpoints.length; i++) {
            endpoints[i] = "10.180.0." + (i + 1) + "@node-1";
        }
        StringBuilder line = new StringBuilder();
        ServiceEvent.of(NOON, new ServiceChange(plan(WEB), plan(WEB, endpoints)))
                .writeText(line);
        assertTrue(line.toString().endsWith(" +10.180.0.8:8080 +(12 more)\n"), line::toString);
    }

    @Test
    void anotherTreatmentOfClientsIsAChange() {
        Service sticky = Plans.service("web", "172.30.0.41").affinity(60).build();
        StringBuilder line = new StringBuilder();
        ServiceEvent.of(NOON, new ServiceChange(plan(WEB, "10.180.0.1@node-1"), plan(sticky, "10.180.0.1@node-1")))
                .writeText(line);
        assertEquals("12:00:00.000  changed     default/web  ~172.30.0.41:80/tcp\n", line.toString());
    }
}
