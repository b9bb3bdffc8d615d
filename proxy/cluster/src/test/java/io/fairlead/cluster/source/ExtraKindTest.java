package io.fairlead.cluster.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.ClusterChange;
import io.fairlead.cluster.ClusterProbe;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.Gadget;
import io.fairlead.cluster.api.ApiConnection;
import io.fairlead.cluster.api.KubernetesAccess;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The API as the source of objects of a kind that one module declares for itself. */
@Timeout(60)
final class ExtraKindTest {

    private static final String GADGETS = "/apis/example.com/v1/gadgets";

    private final FakeApiServer api = new FakeApiServer();
    private final ClusterProbe probe = new ClusterProbe();
    private final ApiConnection connection = new ApiConnection(KubernetesAccess.plain(List.of(api.url())));
    private final KubernetesSource source = new KubernetesSource(connection, Gadget.SCOPE, probe.sink());

    @AfterEach
    void close() {
        source.close();
        connection.close();
        probe.close();
        api.close();
    }

    @Test
    void kindsOfOneModuleAreFollowedToo() {
        api.put(GADGETS, Gadget.json("a", 1));
        source.start();
        ClusterSnapshot first = probe.await("the first snapshot", _ -> true);
        assertEquals(
                List.of(Gadget.of("a", 1)),
                List.copyOf(first.objects(Gadget.KIND).values()));
        api.put(GADGETS, Gadget.json("b", 2));
        api.delete(GADGETS, "default/a");
        probe.await(
                "the other one",
                snapshot -> List.copyOf(snapshot.objects(Gadget.KIND).values()).equals(List.of(Gadget.of("b", 2))));
        api.put(GADGETS, Gadget.json("b", 10));
        ClusterChange.SetAside report = probe.awaitSetAside(1)
                .setAside()
                .get(new ObjectKey(Gadget.KIND.kind(), new ObjectName("default", "b")));
        assertEquals(
                new ClusterChange.SetAside(
                        Gadget.KIND.kind(),
                        new ObjectName("default", "b"),
                        "API",
                        "spec.size: 10 is not a size (1..9)"),
                report);
    }

    @Test
    void aClusterWithoutAKindOfOneModuleHasNone() {
        source.start();
        assertTrue(probe.await("the first snapshot", _ -> true)
                .objects(Gadget.KIND)
                .isEmpty());
    }
}
