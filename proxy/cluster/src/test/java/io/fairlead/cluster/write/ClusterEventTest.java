package io.fairlead.cluster.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/**
 * Names and limits of Events.
 *
 * <p>Confined to the test thread.
 */
final class ClusterEventTest {

    private static ClusterEvent event(ObjectKey object, String note, String scope) {
        return new ClusterEvent(object, ClusterEvent.Type.WARNING, "SetAside", "SyncProxyRules", note, scope);
    }

    private static ObjectKey service(String name) {
        return new ObjectKey(ClusterKind.SERVICE, new ObjectName("shop", name));
    }

    @Test
    void sameNewsHasTheSameNameWhereverItComesFrom() {
        assertEquals(
                event(service("web"), "bad", "").name(),
                event(service("web"), "bad", "").name());
        assertNotEquals(
                event(service("web"), "bad", "").name(),
                event(service("web"), "worse", "").name());
        assertNotEquals(
                event(service("web"), "bad", "node-1").name(),
                event(service("web"), "bad", "node-2").name());
    }

    @Test
    void nameIsOneThatTheApiTakes() {
        String name = event(service("a".repeat(253)), "bad", "").name();
        assertTrue(name.matches("a{236}\\.[0-9a-f]{16}"), name);
    }

    @Test
    void clusterScopedObjectsHaveTheirEventsInDefault() {
        assertEquals("shop", event(service("web"), "bad", "").namespace());
        ObjectKey node = new ObjectKey(ClusterKind.NODE, new ObjectName("", "node-1"));
        assertEquals("default", event(node, "bad", "").namespace());
    }

    @Test
    void noteIsCutToWhatTheApiTakes() {
        String note = event(service("web"), "ä".repeat(5000), "").note();
        int bytes = note.getBytes(StandardCharsets.UTF_8).length;
        assertTrue(bytes <= 1024 && bytes > 900, () -> bytes + " bytes");
    }
}
