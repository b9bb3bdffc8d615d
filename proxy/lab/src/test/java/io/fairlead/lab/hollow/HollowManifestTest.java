package io.fairlead.lab.hollow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of a manifest on its way to a client of the API. */
final class HollowManifestTest {

    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: default, labels: {app: web}}
            spec: {clusterIP: 172.30.0.41, publishNotReadyAddresses: true, externalIPs: [], ports: [{port: 80}]}
            """;

    @Test
    void portsGetWhatTheServerFillsIn() {
        List<HollowObject> objects = HollowManifest.parse(SERVICE);
        assertEquals(1, objects.size());
        assertEquals(
                "{\"kind\":\"Service\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"web\",\"namespace\":\"default\","
                        + "\"labels\":{\"app\":\"web\"}},\"spec\":{\"clusterIP\":\"172.30.0.41\","
                        + "\"publishNotReadyAddresses\":true,\"externalIPs\":[],"
                        + "\"ports\":[{\"port\":80,\"name\":\"\",\"protocol\":\"TCP\"}]}}",
                HollowJson.toSend(objects.getFirst()));
    }

    @Test
    void aKindThatNoHollowClusterHasIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> HollowManifest.parse("kind: Secret\nmetadata: {name: a}\n"));
    }
}
