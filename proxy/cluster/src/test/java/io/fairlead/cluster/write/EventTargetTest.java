package io.fairlead.cluster.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.fairlead.cluster.api.ApiConnection;
import io.fairlead.cluster.api.KubernetesAccess;
import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.source.FakeApiServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an Event looks like where it is written.
 *
 * <p>Confined to the test thread.
 */
@Timeout(60)
final class EventTargetTest {

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2025-01-02T03:04:05.678901234Z"));
    private static final Reporter REPORTER = new Reporter("fairlead.io/proxy", "node-1");
    private static final String EVENTS = "/apis/events.k8s.io/v1/namespaces/shop/events";
    private static final ObjectKey WEB = new ObjectKey(ClusterKind.SERVICE, new ObjectName("shop", "web"));
    private static final ClusterEvent EVENT = event(WEB, "spec.ports[0].port: is missing");

    @TempDir
    private Path folder;

    private final FakeApiServer server = new FakeApiServer();
    private final ApiConnection connection = new ApiConnection(KubernetesAccess.plain(List.of(server.url())));
    private final EventTarget api = new ApiEventTarget(connection, REPORTER, CLOCK);

    private static ClusterEvent event(ObjectKey object, String note) {
        return new ClusterEvent(object, ClusterEvent.Type.WARNING, "SetAside", "SyncProxyRules", note, "");
    }

    @AfterEach
    void close() {
        connection.close();
        server.close();
    }

    @Test
    void theApiGetsItOnceWithTheUidOfItsObject() throws InterruptedException {
        server.put(FakeApiServer.SERVICES, """
                {"metadata": {"namespace": "other", "name": "web", "uid": "wrong"}}""");
        server.put(FakeApiServer.SERVICES, """
                {"metadata": {"namespace": "shop", "name": "web", "uid": "1234-5678"}}""");
        api.write(EVENT);
        api.write(EVENT);
        List<JsonNode> created = server.created(EVENTS);
        assertEquals(1, created.size());
        assertEquals("""
                {"apiVersion":"events.k8s.io/v1","kind":"Event",\
                "metadata":{"name":"%s","namespace":"shop"},"eventTime":"2025-01-02T03:04:05.678901Z",\
                "reportingController":"fairlead.io/proxy","reportingInstance":"node-1","type":"Warning",\
                "reason":"SetAside","action":"SyncProxyRules",\
                "regarding":{"apiVersion":"v1","kind":"Service","namespace":"shop","name":"web","uid":"1234-5678"},\
                "note":"spec.ports[0].port: is missing"}""".formatted(EVENT.name()), created.getFirst().toString());
    }

    @Test
    void nothingIsSaidOfAnObjectThatIsGone() throws InterruptedException {
        api.write(EVENT);
        assertEquals(List.of(), server.created(EVENTS));
    }

    @Test
    void refusalsThatLastAreToldFromThoseThatPass() {
        server.refuse("services", 403, 1);
        assertFalse(assertThrows(WriteRefused.class, () -> api.write(EVENT)).isWorthRetrying());
        server.refuse("services", 429, 1);
        assertTrue(assertThrows(WriteRefused.class, () -> api.write(EVENT)).isWorthRetrying());
        server.close();
        assertTrue(assertThrows(WriteRefused.class, () -> api.write(EVENT)).isWorthRetrying());
    }

    @Test
    void withoutAnApiItIsAFile() throws InterruptedException, IOException {
        EventTarget target = new DirectoryEventTarget(folder, REPORTER, CLOCK);
        target.write(EVENT);
        Path file = folder.resolve("events/shop/" + EVENT.name() + ".yaml");
        assertEquals("""
                apiVersion: events.k8s.io/v1
                kind: Event
                metadata:
                  name: %s
                  namespace: shop
                eventTime: 2025-01-02T03:04:05.678901Z
                """.formatted(EVENT.name()), Files.readString(file).replaceAll("(?s)reportingController.*", ""));
        FileTime first = Files.getLastModifiedTime(file);
        target.write(EVENT);
        assertEquals(first, Files.getLastModifiedTime(file));
    }

    @Test
    void oldFilesAreForgotten() throws InterruptedException, IOException {
        EventTarget target = new DirectoryEventTarget(folder, REPORTER, CLOCK);
        for (int i = 0; i < DirectoryEventTarget.FILES_MAX + 5; i++) {
            target.write(event(WEB, "note " + i));
        }
        try (Stream<Path> files = Files.list(folder.resolve("events/shop"))) {
            assertEquals(DirectoryEventTarget.FILES_MAX, files.count());
        }
    }
}
