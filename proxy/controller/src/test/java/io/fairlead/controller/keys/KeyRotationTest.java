package io.fairlead.controller.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.keys.KeyRing;
import io.fairlead.cluster.keys.SharedKey;
import io.fairlead.cluster.keys.SharedKeys;
import io.fairlead.cluster.model.PrivateBytes;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** When keys change their roles, hour by hour. */
final class KeyRotationTest {

    private static final Instant START = Instant.parse("2026-11-22T00:00:00Z");

    private final KeyRotation rotation = new Keys().standard();

    private static Instant at(Duration time) {
        return START.plus(time);
    }

    @Test
    void keyIsPublishedThenWritesThenReads() {
        SharedKeys keys = rotation.first(START);
        assertEquals("current 1", Keys.text(keys.tickets()));
        assertEquals("current 2", Keys.text(keys.cookies()));
        assertEquals(keys, rotation.step(keys, at(Duration.ofHours(8).minusSeconds(1))));
        assertEquals(Duration.ofHours(8), rotation.untilDue(keys, START));

        keys = rotation.step(keys, at(Duration.ofHours(8)));
        assertEquals("current 1, next 3", Keys.text(keys.tickets()));
        assertEquals(Duration.ofMinutes(1), rotation.untilDue(keys, at(Duration.ofHours(8))));
        assertEquals(keys, rotation.step(keys, at(Duration.ofHours(8).plusSeconds(59))));

        keys = rotation.step(keys, at(Duration.ofHours(8).plusSeconds(60)));
        assertEquals("current 3, old 1", Keys.text(keys.tickets()));
        Instant old = at(Duration.ofHours(8).plusSeconds(60));
        for (Instant now = old; now.isBefore(old.plus(Duration.ofHours(24))); now = now.plusSeconds(30)) {
            keys = rotation.step(keys, now);
            assertTrue(Keys.text(keys.tickets()).contains("old 1"), "tickets of key 1 may be a day old at " + now);
        }
        keys = rotation.step(keys, old.plus(Duration.ofHours(24)));
        assertEquals("current 7, old 5, old 3", Keys.text(keys.tickets()));
        assertTrue(Keys.text(keys.cookies()).endsWith("old 2"), "cookies are kept for a week");
    }

    /** Leaders look when they like, and some are away for days. */
    @Test
    void keyNeverWritesBeforeItWasPublishedForTheNoticeNorReadsForLessThanItShould() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        Map<Integer, Instant> published = new HashMap<>();
        Map<Integer, Instant> wrote = new HashMap<>();
        SharedKeys keys = rotation.first(START);
        Instant now = START;
        for (int i = 0; i < 5_000; i++) {
            now = now.plusSeconds(random.nextInt(50) == 0 ? random.nextInt(300_000) : random.nextInt(900));
            SharedKeys next = rotation.step(keys, now);
            int writer = Keys.number(next.tickets().current());
            for (SharedKey key : next.tickets().keys()) {
                published.putIfAbsent(Keys.number(key), now);
            }
            if (writer != Keys.number(keys.tickets().current())) {
                Duration notice = Duration.between(Objects.requireNonNull(published.get(writer)), now);
                assertTrue(notice.compareTo(Duration.ofMinutes(1)) >= 0, "seed " + seed + ": published for " + notice);
            }
            for (SharedKey key : keys.tickets().keys()) {
                boolean gone = !next.tickets().keys().stream()
                        .map(Keys::number)
                        .toList()
                        .contains(Keys.number(key));
                Instant last = wrote.get(Keys.number(key));
                if (gone && last != null) {
                    Duration kept = Duration.between(last, now);
                    assertTrue(kept.compareTo(Duration.ofHours(24)) >= 0, "seed " + seed + ": kept for " + kept);
                }
            }
            wrote.put(writer, now);
            keys = next;
        }
        assertTrue(published.size() > 100, "seed " + seed + ": " + published.size() + " keys in all");
    }

    @Test
    void thereAreNeverMoreThanReplicasTake() {
        KeyRotation fast = new Keys()
                .rotation(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofDays(1), Duration.ofDays(1));
        SharedKeys keys = fast.first(START);
        for (int i = 0; i < 1000; i++) {
            keys = fast.step(keys, START.plusSeconds(i));
        }
        assertEquals(16, keys.tickets().keys().size());
        assertEquals(KeyRing.KEYS_MAX, keys.cookies().keys().size());
        assertSame(SharedKey.Role.CURRENT, keys.tickets().current().role());
        assertEquals(6, KeyRotation.keys(Duration.ofHours(8), Duration.ofHours(24)));
        assertEquals(24, KeyRotation.keys(Duration.ofHours(8), Duration.ofDays(7)));
    }

    @Test
    void clockThatWasYearsAheadDoesNotStopTheRotation() {
        SharedKeys keys = rotation.first(START.plus(Duration.ofDays(3650)));
        SharedKeys next = rotation.step(keys, START);
        assertNotEquals(keys, next);
        next = rotation.step(next, START.plusSeconds(60));
        assertEquals("current 3, old 1", Keys.text(next.tickets()));
    }

    @Test
    void itGoesOnFromWhatStandsThere() {
        PrivateBytes secret = PrivateBytes.of(new byte[SharedKey.BYTES]);
        KeyRing ring = new KeyRing(List.of(
                new SharedKey(SharedKey.Role.CURRENT, START, secret),
                new SharedKey(SharedKey.Role.NEXT, START.plusSeconds(5), secret)));
        SharedKeys next = rotation.step(new SharedKeys(ring, ring), START.plusSeconds(65));
        assertEquals("current 0, old 0", Keys.text(next.tickets()));
    }
}
