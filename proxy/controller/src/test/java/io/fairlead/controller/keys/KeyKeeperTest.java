package io.fairlead.controller.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.keys.SharedKeys;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.PrivateBytes;
import io.fairlead.cluster.source.decode.SecretData;
import io.fairlead.cluster.write.FileObject;
import io.fairlead.cluster.write.VersionedObject;
import io.fairlead.cluster.write.WriteRefused;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who keeps keys, and what it leaves alone. */
@Timeout(60)
final class KeyKeeperTest {

    private static final ObjectKey KEY = new ObjectKey(SharedKeys.KIND, new ObjectName("system", "keys"));

    @TempDir
    private Path folder;

    private final List<String> told = new ArrayList<>();
    private final Keys keys = new Keys();
    private Instant now = Instant.parse("2026-11-22T00:00:00Z");
    private boolean leads = true;

    private final KeyAccount account = new KeyAccount() {
        @Override
        public void changed() {
            told.add("changed");
        }

        @Override
        public void failed() {
            told.add("failed");
        }

        @Override
        public void unreadable(String reason) {
            told.add("unreadable: " + reason);
        }

        @Override
        public void readable() {}
    };

    private FileObject secret() {
        return new FileObject(folder, KEY);
    }

    private KeyKeeper keeper(VersionedObject object) {
        return new KeyKeeper(object, keys.standard(), account, () -> leads, () -> now);
    }

    private String tickets() {
        PrivateBytes text = SecretData.value(secret().read().orElseThrow().object(), SharedKeys.ENTRY);
        return Keys.text(SharedKeys.parse(text).tickets());
    }

    @Test
    void keysAreMadeAndRotated() throws InterruptedException {
        KeyKeeper keeper = keeper(secret());
        assertEquals(Duration.ofMinutes(1), keeper.step(), "it looks again in a minute, whatever is due");
        assertEquals("current 1", tickets());
        assertEquals(
                SharedKeys.TYPE,
                secret().read().orElseThrow().object().at("type").text(99));
        keeper.step();
        assertEquals(List.of("changed"), told, "nothing is written that is there");
        now = now.plus(Duration.ofHours(8));
        keeper.step();
        now = now.plus(Duration.ofMinutes(1));
        keeper.step();
        assertEquals("current 3, old 1", tickets());
        assertEquals(Optional.of(Duration.ZERO), keeper.age(SharedKeys.Purpose.TICKETS));
        keeper.lost();
        assertEquals(Optional.empty(), keeper.age(SharedKeys.Purpose.TICKETS));
    }

    @Test
    void nothingIsWrittenWithoutTheLeadership() throws InterruptedException {
        leads = false;
        keeper(secret()).step();
        assertTrue(secret().read().isEmpty());
        assertEquals(List.of(), told);
    }

    @Test
    void ofTwoThatThinkTheyLeadOneRotates() throws InterruptedException {
        keeper(secret()).step();
        now = now.plus(Duration.ofHours(8));
        FileObject file = secret();
        VersionedObject slow = new VersionedObject() {
            @Override
            public Optional<Found> read() throws InterruptedException {
                Optional<Found> found = file.read();
                keeper(secret()).step();
                return found;
            }

            @Override
            public boolean write(Map<String, Object> fields, String version) {
                return file.write(fields, version);
            }
        };
        keeper(slow).step();
        assertEquals("current 1, next 3", tickets());
        assertEquals(List.of("changed", "changed"), told);
    }

    @Test
    void keysThatCannotBeReadAreLeftAloneAndToldOnce() throws InterruptedException {
        Map<String, Object> foreign = Map.of("type", SharedKeys.TYPE, "stringData", Map.of("keys", "hunter2\n"));
        secret().write(foreign, VersionedObject.NONE);
        KeyKeeper keeper = keeper(secret());
        keeper.step();
        keeper.step();
        assertEquals(List.of("unreadable: line 1 has 1 words, not 4"), told);
        assertEquals("1", secret().read().orElseThrow().version());
        secret().write(Map.of("type", "Opaque"), "1");
        keeper.step();
        assertEquals("unreadable: its type is not fairlead.io/shared-keys", told.getLast());
        secret().write(Map.of("type", SharedKeys.TYPE), "2");
        keeper.step();
        assertEquals("unreadable: it has no entry keys", told.getLast());
        assertEquals("3", secret().read().orElseThrow().version());
    }

    @Test
    void refusalIsTriedAgain() throws InterruptedException {
        VersionedObject away = new VersionedObject() {
            @Override
            public Optional<Found> read() {
                throw new WriteRefused(WriteRefused.Why.TROUBLE, "away on purpose");
            }

            @Override
            public boolean write(Map<String, Object> fields, String version) {
                return false;
            }
        };
        assertEquals(Duration.ofSeconds(5), keeper(away).step());
        assertEquals(List.of("failed"), told);
    }

    @Test
    void itWorksWhileItLeads() {
        KeyKeeper keeper = keeper(secret());
        keeper.gained();
        await(() -> secret().read().isPresent());
        keeper.lost();
        assertEquals("current 1", tickets());
        keeper.gained();
        keeper.lost();
        assertFalse(told.contains("failed"), told::toString);
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline);
            LockSupport.parkNanos(5_000_000);
        }
    }
}
