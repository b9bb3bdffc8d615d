package io.fairlead.cluster.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.client.Config;
import io.fairlead.cluster.ClusterProbe;
import io.fairlead.cluster.source.FakeApiServer;
import io.fairlead.cluster.source.KubernetesSource;
import io.fairlead.cluster.source.SourceScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class KubernetesAccessTest {

    @TempDir
    private Path folder;

    private Path kubeconfig(String server) throws IOException {
        return Files.writeString(folder.resolve("config"), """
                apiVersion: v1
                kind: Config
                current-context: here
                clusters: [{name: lab, cluster: {server: "%s"}}]
                users: [{name: me, user: {token: a-secret}}]
                contexts: [{name: here, context: {cluster: lab, user: me}}]
                """.formatted(server));
    }

    @Test
    void aKubeconfigSaysServerAndToken() throws IOException {
        try (FakeApiServer api = new FakeApiServer()) {
            expectAnswer(api, KubernetesAccess.kubeconfig(kubeconfig(api.url())));
        }
    }

    @Test
    void anotherServerIsAskedWithTheTokenOfTheKubeconfig() throws IOException {
        try (FakeApiServer api = new FakeApiServer()) {
            expectAnswer(api, KubernetesAccess.kubeconfig(kubeconfig("http://192.0.2.1"), List.of(api.url())));
        }
    }

    private static void expectAnswer(FakeApiServer api, KubernetesAccess access) {
        api.requireToken("a-secret");
        try (ClusterProbe probe = new ClusterProbe();
                ApiConnection connection = new ApiConnection(access);
                KubernetesSource source = new KubernetesSource(connection, SourceScope.ofNode("n1"), probe.sink())) {
            source.start();
            probe.await("the first snapshot", _ -> true);
        }
    }

    @Test
    void aBadKubeconfigIsNamedAndNotQuoted() throws IOException {
        Path missing = folder.resolve("missing");
        assertEquals(
                "kubeconfig " + missing + ": no such file, or not readable",
                assertThrows(IllegalArgumentException.class, () -> KubernetesAccess.kubeconfig(missing))
                        .getMessage());
        Path broken = Files.writeString(folder.resolve("broken"), "token: [a-secret");
        String message =
                String.valueOf(assertThrows(IllegalArgumentException.class, () -> KubernetesAccess.kubeconfig(broken))
                        .getMessage());
        assertFalse(message.contains("secret"), message);
    }

    @Test
    void aBadCertificateAuthorityIsNamed() throws IOException {
        KubernetesAccess access = KubernetesAccess.inCluster(Map.of("KUBERNETES_SERVICE_HOST", "192.0.2.1"), folder);
        Path authority = folder.resolve("ca.crt");
        for (String text :
                List.of("", "no certificate", "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n")) {
            Files.writeString(authority, text);
            String message =
                    String.valueOf(assertThrows(IllegalArgumentException.class, () -> new ApiConnection(access))
                            .getMessage());
            assertTrue(message.startsWith("certificate authority " + authority + ": "), message);
        }
    }

    @Test
    void insideOfAClusterTheServiceAccountSaysEverything() throws IOException {
        Files.writeString(folder.resolve("token"), "one\n");
        Config config = KubernetesAccess.inCluster(
                        Map.of("KUBERNETES_SERVICE_HOST", "fd00::1", "KUBERNETES_SERVICE_PORT", "6443"), folder)
                .config();
        assertEquals("https://[fd00::1]:6443/", config.getMasterUrl());
        assertEquals(folder.resolve("ca.crt").toString(), config.getCaCertFile());
        assertEquals("one", config.getOauthTokenProvider().getToken());
        Files.writeString(folder.resolve("token"), "two\n");
        assertEquals("two", config.getOauthTokenProvider().getToken());
    }

    @Test
    void otherServersGetTheServiceAccountIfTheyProveWhoTheyAre() throws IOException {
        Files.writeString(folder.resolve("token"), "one");
        Map<String, String> inside = Map.of("KUBERNETES_SERVICE_HOST", "10.96.0.1");
        List<String> secure = List.of("https://192.0.2.1:6443", "https://192.0.2.2:6443");
        Config config = KubernetesAccess.servers(secure, inside, folder).config();
        assertEquals("https://192.0.2.1:6443", config.getMasterUrl().replaceAll("/$", ""));
        assertEquals("one", config.getOauthTokenProvider().getToken());
        assertNull(KubernetesAccess.servers(secure, Map.of(), folder).config().getOauthTokenProvider());
        List<String> mixed = List.of("https://192.0.2.1:6443", "http://192.0.2.2:8001");
        assertNull(KubernetesAccess.servers(mixed, inside, folder).config().getOauthTokenProvider());
    }

    @Test
    void ownNamespaceIsThatOfThePod(@TempDir Path serviceAccount) throws IOException {
        assertEquals("default", KubernetesAccess.ownNamespace(serviceAccount));
        Files.writeString(serviceAccount.resolve("namespace"), "fairlead\n");
        assertEquals("fairlead", KubernetesAccess.ownNamespace(serviceAccount));
    }
}
