package io.fairlead.cluster.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.ClusterChange;
import io.fairlead.cluster.ClusterProbe;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.api.ApiConnection;
import io.fairlead.cluster.api.KubernetesAccess;
import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class KubernetesSourceTest {

    private static final KubernetesTiming QUICK = new KubernetesTiming(
            Duration.ofMillis(10),
            Duration.ofMillis(200),
            Duration.ofSeconds(60),
            Duration.ofMillis(700),
            Duration.ofSeconds(60),
            Duration.ofMillis(100));

    private final FakeApiServer api = new FakeApiServer();
    private final ClusterProbe probe = new ClusterProbe();
    private final List<AutoCloseable> sources = new ArrayList<>();
    private final List<ApiConnection> connections = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable source : sources) {
            source.close();
        }
        connections.forEach(ApiConnection::close);
        probe.close();
        api.close();
    }

    private KubernetesSource start(KubernetesTiming timing) {
        return start(KubernetesAccess.plain(List.of(api.url())), timing);
    }

    private KubernetesSource start(KubernetesAccess access, KubernetesTiming timing) {
        ApiConnection connection = new ApiConnection(access);
        connections.add(connection);
        KubernetesSource source = new KubernetesSource(connection, SourceScope.ofNode("n1"), probe.sink(), timing);
        sources.add(source);
        source.start();
        return source;
    }

    private void startInSync() {
        start(QUICK);
        probe.await("the first snapshot", _ -> true);
        await("four watches", () -> api.openWatches() == 4);
    }

    private static String service(String name, int port) {
        return service(name, port, "");
    }

    private static String service(String name, int port, String label) {
        return """
                {"metadata": {"name": "%s", "namespace": "default", "labels": {"app": "x"%s},
                  "managedFields": [{"fieldsV1": {"f:spec": {}}}]},
                 "spec": {"clusterIP": "172.30.0.41", "ports": [{"port": %d}]}}
                """.formatted(name, label.isEmpty() ? "" : ", \"" + label + "\": \"\"", port);
    }

    private static String slice(String name, String service, String address, String label) {
        return """
                {"metadata": {"name": "%s", "namespace": "default",
                  "labels": {"kubernetes.io/service-name": "%s"%s}},
                 "addressType": "IPv4", "ports": [{"port": 8080}],
                 "endpoints": [{"addresses": ["%s"], "conditions": {"ready": true}, "nodeName": "n1"}]}
                """.formatted(name, service, label.isEmpty() ? "" : ", \"" + label + "\": \"\"", address);
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("never saw " + what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    private long requests(String... parts) {
        return api.requests().stream()
                .filter(request -> List.of(parts).stream().allMatch(request::contains))
                .count();
    }

    @Test
    void anotherServerIsAskedWhenOneIsAway() {
        try (FakeApiServer first = new FakeApiServer()) {
            start(KubernetesAccess.plain(List.of(first.url(), api.url())), QUICK);
            probe.await("the first snapshot", _ -> true);
            await("four watches of the first server", () -> first.openWatches() == 4);
        }
        api.put(FakeApiServer.SERVICES, service("web", 80));
        probe.awaitServices("web");
        await("four watches of the second server", () -> api.openWatches() == 4);
    }

    @Test
    void listsEverythingThenFollowsIt() {
        api.put(FakeApiServer.SERVICES, service("web", 80));
        api.put(FakeApiServer.SLICES, slice("web-1", "web", "10.180.0.1", ""));
        api.put(FakeApiServer.NODES, "{\"metadata\": {\"name\": \"n1\"}}");
        api.put(FakeApiServer.NODES, "{\"metadata\": {\"name\": \"n2\"}}");
        api.put(
                FakeApiServer.SERVICE_CIDRS,
                "{\"metadata\": {\"name\": \"k\"}, \"spec\": {\"cidrs\": [\"172.30.0.0/16\"]}}");
        KubernetesSource source = start(QUICK);
        ClusterSnapshot snapshot = probe.awaitServices("web");
        assertEquals(1, snapshot.sequence(), "something was published before all lists were complete");
        assertEquals(1, snapshot.slicesOf(new ObjectName("default", "web")).size());
        assertEquals(List.of("n1"), List.copyOf(snapshot.nodes().keySet()));
        assertEquals(List.of("k"), List.copyOf(snapshot.serviceCidrs().keySet()));

        api.put(FakeApiServer.SERVICES, service("web", 81));
        probe.awaitPort("web", 81);
        api.put(FakeApiServer.SERVICES, service("new", 80));
        probe.awaitServices("new", "web");
        api.delete(FakeApiServer.SERVICES, "default/web");
        snapshot = probe.awaitServices("new");
        assertEquals(1, snapshot.slices().size());
        api.delete(FakeApiServer.SLICES, "default/web-1");
        probe.await("no slices", each -> each.slices().isEmpty());
        for (KubernetesSource.KindStatus status : source.status()) {
            assertTrue(status.listed() && status.trouble().isEmpty(), status.toString());
        }
        assertEquals(
                1,
                probe.said().stream()
                        .filter(ClusterChange.Synced.class::isInstance)
                        .count());
    }

    @Test
    void asksTheServerToLeaveOutWhatIsNotOurs() {
        String foreign = "service.kubernetes.io/service-proxy-name";
        api.put(FakeApiServer.SERVICES, service("web", 80));
        api.put(FakeApiServer.SERVICES, service("other", 80, foreign));
        api.put(FakeApiServer.SLICES, slice("headless", "web", "10.180.0.1", "service.kubernetes.io/headless"));
        startInSync();
        assertTrue(probe.awaitServices("web").slices().isEmpty());
        assertEquals(2, requests(FakeApiServer.SERVICES, "labelSelector=!" + foreign));
        assertEquals(2, requests(FakeApiServer.SLICES, "labelSelector=!service.kubernetes.io/headless"));
        assertEquals(2, requests(FakeApiServer.NODES, "fieldSelector=metadata.name=n1"));
        // A label that comes looks like a deletion, one that goes like an addition.
        api.put(FakeApiServer.SERVICES, service("web", 80, foreign));
        probe.awaitServices();
        api.put(FakeApiServer.SERVICES, service("other", 80));
        probe.awaitServices("other");
    }

    @Test
    void readsLongListsInPages() {
        for (int i = 0; i < 1201; i++) {
            api.put(FakeApiServer.SERVICES, service("s" + i, 80));
        }
        startInSync();
        assertEquals(1201, probe.published().getFirst().services().size());
        assertEquals(3, requests(FakeApiServer.SERVICES, "limit=500"));
        assertEquals(2, requests(FakeApiServer.SERVICES, "limit=500", "continue="));
    }

    @Test
    void listsAgainWhenAContinueTokenIsTooOld() {
        for (int i = 0; i < 1201; i++) {
            api.put(FakeApiServer.SERVICES, service("s" + i, 80));
        }
        api.refuse("continue=", 410, 1);
        startInSync();
        assertEquals(1201, probe.published().getFirst().services().size());
        assertEquals(
                1201,
                probe.said().stream()
                        .filter(ClusterChange.Upsert.class::isInstance)
                        .count());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aListAfter410SaysOnlyWhatDiffers(boolean byStatus) {
        api.goneByStatus(byStatus);
        for (int i = 0; i < 100; i++) {
            api.put(FakeApiServer.SERVICES, service("s" + i, 80));
        }
        startInSync();
        int before = probe.said().size();
        long lists = requests(FakeApiServer.SERVICES, "limit=500");
        api.refuse(FakeApiServer.SERVICES + "?{allowWatchBookmarks", 500, 3);
        api.hangUp();
        await("three refusals", () -> requests(FakeApiServer.SERVICES, "watch=true") >= 3);
        // At once, or the watch might come back in between and see some of it.
        synchronized (api) {
            api.put(FakeApiServer.SERVICES, service("s7", 81));
            api.put(FakeApiServer.SERVICES, service("new", 80));
            api.delete(FakeApiServer.SERVICES, "default/s9");
            api.compact();
        }
        probe.awaitPort("s7", 81);
        probe.await("s9 gone", s -> !ClusterProbe.serviceNames(s).contains("s9"));
        List<ClusterChange> said = probe.said().subList(before, probe.said().size());
        assertEquals(3, said.size(), said.toString());
        assertEquals(lists + 1, requests(FakeApiServer.SERVICES, "limit=500"));
    }

    @Test
    void aLostConnectionContinuesWhereItWas() {
        api.put(FakeApiServer.SERVICES, service("web", 80));
        startInSync();
        for (int round = 0; round < 5; round++) {
            int port = 1000 + round;
            api.hangUp();
            api.put(FakeApiServer.SERVICES, service("web", port));
            probe.awaitPort("web", port);
        }
        assertEquals(1, requests(FakeApiServer.SERVICES, "limit=500"), "listed again without need");
        assertFalse(probe.said().stream().anyMatch(ClusterChange.Delete.class::isInstance));
    }

    @Test
    void bookmarksMoveThePlaceToContinueFrom() {
        startInSync();
        await("a watch from a bookmark", () -> {
            api.bookmark();
            await("its arrival", new Pause(30));
            api.hangUp();
            await("a new watch", new Pause(30));
            // No Service ever changed, so only a bookmark can have moved the place.
            return api.requests().stream()
                            .filter(request -> request.startsWith(FakeApiServer.SERVICES) && request.contains("watch="))
                            .map(request -> request.replaceAll(".*resourceVersion=([0-9]+).*", "$1"))
                            .distinct()
                            .count()
                    > 1;
        });
        assertEquals(1, requests(FakeApiServer.SERVICES, "limit=500"));
    }

    @Test
    void aWatchIsOpenedAnewWhenItsTimeIsOver() {
        api.put(FakeApiServer.SERVICES, service("web", 80));
        start(new KubernetesTiming(
                QUICK.backoffMin(),
                QUICK.backoffMax(),
                Duration.ofSeconds(1),
                QUICK.listSilenceMax(),
                QUICK.watchSilenceMax(),
                QUICK.absentRetry()));
        probe.awaitServices("web");
        await("a second watch", () -> requests(FakeApiServer.SERVICES, "watch=true") >= 2);
        api.put(FakeApiServer.SERVICES, service("web", 81));
        probe.awaitPort("web", 81);
        assertEquals(1, requests(FakeApiServer.SERVICES, "limit=500"));
    }

    @Test
    void aServerThatSaysNothingIsGivenUp() {
        api.put(FakeApiServer.SERVICES, service("web", 80));
        start(new KubernetesTiming(
                QUICK.backoffMin(),
                QUICK.backoffMax(),
                Duration.ofSeconds(60),
                QUICK.listSilenceMax(),
                Duration.ofMillis(400),
                QUICK.absentRetry()));
        probe.awaitServices("web");
        await("four watches", () -> api.openWatches() == 4);
        long watches = requests("watch=true");
        api.silent(true);
        await("watches given up", () -> requests("watch=true") > watches + 3);
        api.silent(false);
        api.put(FakeApiServer.SERVICES, service("web", 81));
        probe.awaitPort("web", 81);
    }

    @Test
    void aListThatStallsIsAskedForAgainAndASlowOneIsNot() {
        api.put(FakeApiServer.SERVICES, service("web", 80));
        api.stallLists(400);
        start(QUICK);
        probe.awaitServices("web");
        assertEquals(1, requests(FakeApiServer.SERVICES, "limit=500"));
        api.stallLists(30_000);
        api.compact();
        api.hangUp();
        await("the list given up", () -> requests(FakeApiServer.SERVICES, "limit=500") >= 3);
        api.stallLists(0);
        api.put(FakeApiServer.SERVICES, service("web", 81));
        probe.awaitPort("web", 81);
    }

    @Test
    void refusalsAreRetriedWithGrowingPauses() {
        api.put(FakeApiServer.SERVICES, service("web", 80));
        api.refuse(FakeApiServer.SERVICES, 500, 5);
        api.refuse(FakeApiServer.SLICES, 429, 3);
        api.refuse(FakeApiServer.NODES, 403, 3);
        long before = System.nanoTime();
        KubernetesSource source = start(QUICK);
        await(
                "trouble",
                () -> source.status().stream()
                        .anyMatch(status -> status.trouble().equals("HTTP 500: refused on purpose")));
        probe.awaitServices("web");
        long millis = (System.nanoTime() - before) / 1_000_000;
        // 10 + 20 + 40 + 80 + 160 ms, each at least half of it.
        assertTrue(millis >= 155, "five refusals were retried within " + millis + " ms");
        assertEquals(6, requests(FakeApiServer.SERVICES, "limit=500"));
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 404})
    void aClusterWithoutServiceCidrsHasNone(int code) {
        api.put(FakeApiServer.SERVICES, service("web", 80));
        api.put(
                FakeApiServer.SERVICE_CIDRS,
                "{\"metadata\": {\"name\": \"k\"}, \"spec\": {\"cidrs\": [\"172.30.0.0/16\"]}}");
        api.refuse(FakeApiServer.SERVICE_CIDRS, code, 2);
        start(QUICK);
        assertTrue(probe.awaitServices("web").serviceCidrs().isEmpty());
        probe.await("the ServiceCIDR", s -> s.serviceCidrs().size() == 1);
    }

    @Test
    void oneBadObjectIsSetAsideAlone() {
        api.put(FakeApiServer.SERVICES, service("bad", 70000));
        api.put(FakeApiServer.SERVICES, service("web", 80));
        startInSync();
        ClusterSnapshot snapshot = probe.awaitServices("web");
        ObjectKey bad = new ObjectKey(ClusterKind.SERVICE, new ObjectName("default", "bad"));
        assertEquals(
                new ClusterChange.SetAside(
                        bad.kind(), bad.name(), "API", "spec.ports[0].port: 70000 is not a port (1..65535)"),
                snapshot.setAside().get(bad));
        api.put(FakeApiServer.SERVICES, service("bad", 80));
        probe.awaitServices("bad", "web");
        probe.awaitSetAside(0);
        api.put(FakeApiServer.SERVICES, service("bad", 0));
        probe.awaitSetAside(1);
        probe.awaitServices("bad", "web");
        api.put(FakeApiServer.SERVICES, service("bad", 80));
        probe.awaitSetAside(0);
    }

    @Test
    void anUpdateThatChangesNothingOfOursSaysNothing() {
        api.put(FakeApiServer.SERVICES, service("web", 80));
        startInSync();
        int before = probe.said().size();
        for (int i = 0; i < 10; i++) {
            api.put(FakeApiServer.SERVICES, service("web", 80, "label-" + i));
        }
        api.put(FakeApiServer.SERVICES, service("mark", 80));
        probe.awaitServices("mark", "web");
        assertEquals(before + 1, probe.said().size());
    }

    @Test
    void theTokenIsReadAnewAndNeverLogged(@TempDir Path folder) throws IOException {
        List<String> log = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public synchronized void publish(LogRecord message) {
                log.add(message.getMessage() + message.getThrown());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger("io.fairlead");
        logger.addHandler(handler);
        try {
            Path token = Files.writeString(folder.resolve("token"), "first-secret\n");
            api.put(FakeApiServer.SERVICES, service("web", 80));
            api.requireToken("second-secret");
            KubernetesSource source = start(KubernetesAccess.tokenFile(api.url(), token), QUICK);
            await(
                    "a refusal",
                    () -> source.status().stream()
                            .allMatch(status -> status.trouble().startsWith("HTTP 401")));
            Files.writeString(token, "second-secret\n");
            probe.awaitServices("web");
            Files.delete(token);
            api.hangUp();
            await(
                    "trouble without a token",
                    () -> source.status().stream()
                            .anyMatch(status -> !status.trouble().isEmpty()));
        } finally {
            logger.removeHandler(handler);
        }
        assertFalse(log.isEmpty());
        assertTrue(log.size() <= 12, "the log repeats itself: " + log);
        assertFalse(log.toString().contains("secret"), log.toString());
    }

    /** Whatever the server does to the connections, the node ends with what the cluster says. */
    @Test
    void everyTroubleEndsInTheRightState() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        start(QUICK);
        Map<String, Integer> truth = new TreeMap<>();
        for (int i = 0; i < 600; i++) {
            String name = "s" + random.nextInt(40);
            switch (random.nextInt(20)) {
                case 0 -> api.hangUp();
                case 1 -> api.compact();
                case 2 -> api.bookmark();
                case 3 -> api.refuse("services", 500 + random.nextInt(4), random.nextInt(3));
                case 4 -> api.goneByStatus(random.nextBoolean());
                case 5, 6, 7 -> {
                    if (truth.remove(name) != null) {
                        api.delete(FakeApiServer.SERVICES, "default/" + name);
                    }
                }
                default -> {
                    int port = 1 + random.nextInt(60000);
                    truth.put(name, port);
                    api.put(FakeApiServer.SERVICES, service(name, port));
                }
            }
            if (random.nextInt(10) == 0) {
                await("a moment", new Pause(random.nextInt(20)));
            }
        }
        probe.await("the truth, seed " + seed, snapshot -> {
            Map<String, Integer> seen = new TreeMap<>();
            snapshot.services()
                    .forEach((name, service) ->
                            seen.put(name.name(), service.ports().getFirst().port()));
            return seen.equals(truth);
        });
    }

    private record Pause(long endNanos) implements BooleanSupplier {

        Pause(int millis) {
            this(System.nanoTime() + millis * 1_000_000L);
        }

        @Override
        public boolean getAsBoolean() {
            return System.nanoTime() > endNanos;
        }
    }
}
