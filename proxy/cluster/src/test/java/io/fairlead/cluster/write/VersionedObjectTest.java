package io.fairlead.cluster.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.api.ApiConnection;
import io.fairlead.cluster.api.KubernetesAccess;
import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Objects that several write, in a file and in the API: the same rules for both. */
@Timeout(60)
final class VersionedObjectTest {

    private static final ObjectKey KEY = new ObjectKey(
            ClusterKind.other("Lease", "coordination.k8s.io/v1", "leases", true), new ObjectName("system", "one"));
    private static final String PATH = "/apis/coordination.k8s.io/v1/namespaces/system/leases/one";

    @TempDir
    private Path folder;

    private final ObjectServer server = new ObjectServer();
    private final ApiConnection connection = new ApiConnection(KubernetesAccess.plain(List.of(server.url())));

    @AfterEach
    void close() {
        connection.close();
        server.close();
    }

    private List<VersionedObject> both() {
        return List.of(new FileObject(folder, KEY), new ApiObject(connection, KEY));
    }

    private static Map<String, Object> fields(String holder) {
        return Map.of("spec", Map.of("holderIdentity", holder));
    }

    private static VersionedObject.Found read(VersionedObject object) throws InterruptedException {
        return object.read().orElseThrow();
    }

    private static String holder(VersionedObject object) throws InterruptedException {
        return read(object).object().at("spec").at("holderIdentity").text(99);
    }

    @Test
    void onlyWhoHasReadTheLastVersionWrites() throws InterruptedException {
        for (VersionedObject object : both()) {
            assertTrue(object.read().isEmpty());
            assertTrue(object.write(fields("a"), VersionedObject.NONE));
            assertFalse(object.write(fields("b"), VersionedObject.NONE), "it exists");
            String first = read(object).version();
            assertTrue(object.write(fields("c"), first));
            assertFalse(object.write(fields("d"), first), "it is another version");
            assertEquals("c", holder(object));
            assertFalse(read(object).version().equals(first));
        }
    }

    @Test
    void anObjectThatIsGoneIsNotWritten() throws InterruptedException {
        for (VersionedObject object : both()) {
            assertFalse(object.write(fields("a"), "7"));
            assertTrue(object.read().isEmpty());
        }
    }

    @Test
    void whatOthersGaveAnObjectOfTheApiStays() throws InterruptedException {
        server.put(PATH, """
                {"metadata": {"name": "one", "labels": {"owner": "somebody"}}, "spec": {"holderIdentity": "x"}}""");
        VersionedObject object = new ApiObject(connection, KEY);
        assertTrue(object.write(fields("y"), read(object).version()));
        assertEquals("somebody", server.at(PATH).at("/metadata/labels/owner").asText());
        assertEquals("y", holder(object));
    }

    @Test
    void refusalsSayWhatHelps() {
        VersionedObject object = new ApiObject(connection, KEY);
        Map<Integer, WriteRefused.Why> reasons = Map.of(
                403, WriteRefused.Why.NOT_PERMITTED,
                404, WriteRefused.Why.NOT_PERMITTED,
                422, WriteRefused.Why.INVALID,
                429, WriteRefused.Why.TROUBLE,
                500, WriteRefused.Why.TROUBLE);
        reasons.forEach((code, why) -> {
            server.refuse(code);
            assertEquals(why, assertThrows(WriteRefused.class, object::read).why(), "HTTP " + code);
            WriteRefused refused =
                    assertThrows(WriteRefused.class, () -> object.write(fields("a"), VersionedObject.NONE));
            assertEquals(why, refused.why(), "HTTP " + code);
        });
    }

    @Test
    void writersOfOneFileKeepEachOtherOut() throws InterruptedException {
        new FileObject(folder, KEY).write(fields("0"), VersionedObject.NONE);
        AtomicInteger written = new AtomicInteger();
        List<Thread> threads = List.of(
                Thread.ofPlatform().unstarted(() -> count(written)),
                Thread.ofPlatform().unstarted(() -> count(written)),
                Thread.ofPlatform().unstarted(() -> count(written)));
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        VersionedObject object = new FileObject(folder, KEY);
        assertEquals(Integer.toString(written.get()), holder(object), "each write counted one up");
        assertEquals(Integer.toString(written.get() + 1), read(object).version());
        assertEquals(90, written.get());
    }

    private void count(AtomicInteger written) {
        FileObject object = new FileObject(folder, KEY);
        int mine = 0;
        while (mine < 30) {
            VersionedObject.Found found = object.read().orElseThrow();
            int next = Integer.parseInt(
                            found.object().at("spec").at("holderIdentity").text(9))
                    + 1;
            if (object.write(fields(Integer.toString(next)), found.version())) {
                written.incrementAndGet();
                mine++;
            }
        }
    }

    @Test
    void fileThatIsNotSuchAnObjectIsLeftAlone() throws IOException {
        FileObject object = new FileObject(folder, KEY);
        Path file = folder.resolve("lease/system/one.yaml");
        Files.createDirectories(file.getParent());
        for (String text : List.of("a: [", "a: b", "---\n---\n", "metadata: {resourceVersion: x}\n---\nb: c")) {
            Files.writeString(file, text);
            assertEquals(
                    WriteRefused.Why.INVALID,
                    assertThrows(WriteRefused.class, object::read).why());
            assertThrows(WriteRefused.class, () -> object.write(fields("a"), VersionedObject.NONE));
            assertEquals(text, Files.readString(file));
        }
    }

    @Test
    void filesAreForTheirOwnerOnly() throws IOException {
        new FileObject(folder, KEY).write(fields("a"), VersionedObject.NONE);
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("lease/system/one.yaml"))));
    }
}
