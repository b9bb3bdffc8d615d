package io.fairlead.ingress.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.keys.KeyRing;
import io.fairlead.cluster.keys.SharedKey;
import io.fairlead.cluster.keys.SharedKeys;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.PrivateBytes;
import io.fairlead.ingress.translate.Cluster;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What replicas take into use of the shared keys. */
final class KeyFollowerTest {

    private final Cluster cluster = new Cluster();
    private final List<String> used = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final ProblemReport problems =
            new ProblemReport(event -> told.add(event.regarding() + ": " + event.note()));
    private final KeyFollower follower = new KeyFollower(
            new ObjectName("system", "keys"),
            keys -> used.add(keys.toString()),
            keys -> used.add(keys.toString()),
            problems);

    @AfterEach
    void close() {
        cluster.close();
    }

    private static KeyRing ring(int old) {
        PrivateBytes secret = PrivateBytes.of(new byte[SharedKey.BYTES]);
        List<SharedKey> keys = new ArrayList<>(List.of(new SharedKey(SharedKey.Role.CURRENT, Instant.EPOCH, secret)));
        keys.addAll(Collections.nCopies(old, new SharedKey(SharedKey.Role.OLD, Instant.EPOCH, secret)));
        return new KeyRing(keys);
    }

    private void put(String name, SharedKeys keys) {
        put(name, Base64.getEncoder().encodeToString(keys.toText().toBytes()));
    }

    private void put(String name, String base64) {
        cluster.apply("""
                apiVersion: v1
                kind: Secret
                metadata: {namespace: system, name: %s}
                type: fairlead.io/shared-keys
                data: {keys: %s}
                """.formatted(name, base64));
    }

    private void look() {
        Cluster.Moment moment = cluster.moment();
        follower.onSnapshot(moment.delta(), moment.snapshot());
    }

    @Test
    void keysAreTakenWhenTheyChange() {
        look();
        assertFalse(follower.isShared());
        put("others", new SharedKeys(ring(1), ring(1)));
        look();
        assertEquals(List.of(), used);
        put("keys", new SharedKeys(ring(2), ring(23)));
        look();
        look();
        assertEquals(List.of("3 ticket keys", "24 session keys"), used);
        assertTrue(follower.isShared());
        assertEquals(List.of(), told);
    }

    @Test
    void keysThatCannotBeReadLeaveTheLastOnesInUse() {
        put("keys", new SharedKeys(ring(0), ring(0)));
        look();
        put("keys", Base64.getEncoder().encodeToString("tickets current hunter2".getBytes(StandardCharsets.US_ASCII)));
        look();
        look();
        assertEquals(
                List.of(
                        "Secret system/keys: its shared keys cannot be read, and the last ones stay in use: line 1 has 3"
                                + " words, not 4"),
                told);
        put("keys", new SharedKeys(ring(16), ring(0)));
        look();
        assertEquals(2, used.size(), "more ticket keys than a server takes are not taken in part");
        assertEquals(2, told.size());
        put("keys", new SharedKeys(ring(1), ring(1)));
        look();
        assertEquals("2 session keys", used.getLast());
        assertEquals(0, problems.objects());
    }
}
