package io.fairlead.cluster.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.fairlead.cluster.ClusterChange;
import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.source.decode.Audience;
import io.fairlead.cluster.source.decode.Manifests;
import io.fairlead.cluster.source.decode.ObjectDecoder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What the time of a trigger in an EndpointSlice's annotation becomes.
 *
 * <p>Confined to the test thread.
 */
class HeldItemsTest {

    private final List<ClusterChange> said = new ArrayList<>();
    private final HeldItems items =
            new HeldItems(ClusterKind.ENDPOINT_SLICE, new ObjectDecoder(Audience.NODE, Map.of()), said::add);

    private void put(String triggerTime, String address) {
        items.put(Manifests.tree("""
                metadata:
                  name: web-1
                  labels: {kubernetes.io/service-name: web}
                  annotations: {endpoints.kubernetes.io/last-change-trigger-time: %s}
                addressType: IPv4
                endpoints: [{addresses: [%s]}]
                """.formatted(triggerTime, address)));
    }

    @Test
    void triggerIsSaidBeforeItsChangeAndNotKept() {
        put("\"2999-01-02T03:04:05.678+02:00\"", "10.180.0.1");
        assertEquals(
                new ClusterChange.Triggered(IpFamily.IPV4, Instant.parse("2999-01-02T01:04:05.678Z")), said.getFirst());
        assertInstanceOf(ClusterChange.Upsert.class, said.getLast());
        assertEquals(2, said.size());
        // The same endpoints: only the annotation differs.
        put("\"2999-01-02T03:05:00Z\"", "10.180.0.1");
        assertEquals(2, said.size(), said.toString());
    }

    @Test
    void triggerOfBeforeTheStartOrWithoutATimeIsLeftOut() {
        List<String> times =
                List.of("\"2020-01-01T00:00:00Z\"", "\"yesterday\"", "\"\"", "17", "[]", "\"" + "9".repeat(100) + "\"");
        for (int i = 0; i < times.size(); i++) {
            put(times.get(i), "10.180.0." + (i + 1));
            assertEquals(i + 1, said.size(), times.get(i));
            assertInstanceOf(ClusterChange.Upsert.class, said.getLast());
        }
    }
}
