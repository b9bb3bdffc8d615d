package io.fairlead.cluster.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.fairlead.cluster.api.ApiConnection;
import io.fairlead.cluster.api.KubernetesAccess;
import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the status of an object looks like where it is written. */
@Timeout(60)
final class StatusTargetTest {

    private static final ObjectKey WEB = new ObjectKey(
            ClusterKind.other("Ingress", "networking.k8s.io/v1", "ingresses", true), new ObjectName("shop", "web"));
    private static final String PATH = "/apis/networking.k8s.io/v1/namespaces/shop/ingresses/web";
    private static final List<String> FIELD = List.of("loadBalancer", "ingress");
    private static final List<Map<String, String>> ENTRIES = List.of(Map.of("ip", "192.0.2.1"));

    @TempDir
    private Path folder;

    private final ObjectServer server = new ObjectServer();
    private final ApiConnection connection = new ApiConnection(KubernetesAccess.plain(List.of(server.url())));
    private final StatusTarget api = new ApiStatusTarget(connection);

    @AfterEach
    void close() {
        connection.close();
        server.close();
    }

    private void replace(StatusTarget target) throws InterruptedException {
        target.replace(WEB, Map.of("loadBalancer", Map.of("ingress", ENTRIES)));
    }

    @Test
    void statusIsReplacedAndTheRestStays() throws InterruptedException {
        server.put(PATH, """
                {"spec": {"rules": []}, "status": {"loadBalancer": {"ingress": [{"ip": "198.51.100.1"}]}}}""");
        replace(api);
        assertEquals("{\"rules\":[]}", server.at(PATH).path("spec").toString());
        assertEquals(
                "{\"loadBalancer\":{\"ingress\":[{\"ip\":\"192.0.2.1\"}]}}",
                server.at(PATH).path("status").toString());
    }

    @Test
    void onlyWhatIsExpectedIsRemoved() throws InterruptedException {
        server.put(PATH, "{\"status\": {\"loadBalancer\": {\"ingress\": [{\"ip\": \"192.0.2.1\"}]}}}");
        api.remove(WEB, FIELD, List.of(Map.of("ip", "192.0.2.2")));
        assertEquals(
                "[{\"ip\":\"192.0.2.1\"}]",
                server.at(PATH).at("/status/loadBalancer/ingress").toString());
        api.remove(WEB, FIELD, ENTRIES);
        assertEquals("{\"loadBalancer\":{}}", server.at(PATH).path("status").toString());
    }

    @Test
    void anObjectThatIsGoneIsNoTrouble() throws InterruptedException {
        replace(api);
        api.remove(WEB, FIELD, ENTRIES);
        assertEquals("{}", server.at(PATH).toString());
    }

    @Test
    void refusalsAreSaid() {
        server.refuse(403);
        assertEquals(
                WriteRefused.Why.NOT_PERMITTED,
                assertThrows(WriteRefused.class, () -> replace(api)).why());
        assertThrows(WriteRefused.class, () -> api.remove(WEB, FIELD, ENTRIES));
        server.refuse(503);
        assertEquals(
                WriteRefused.Why.TROUBLE,
                assertThrows(WriteRefused.class, () -> replace(api)).why());
    }

    @Test
    void withoutAnApiItIsAFile() throws InterruptedException, IOException {
        StatusTarget files = new DirectoryStatusTarget(folder);
        replace(files);
        Path file = folder.resolve("ingress/shop/web.yaml");
        assertEquals("""
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata:
                  name: web
                  namespace: shop
                status:
                  loadBalancer:
                    ingress:
                    - ip: 192.0.2.1
                """, Files.readString(file));
        files.remove(WEB, FIELD, ENTRIES);
        assertFalse(Files.exists(file));
        files.remove(WEB, FIELD, ENTRIES);
    }
}
