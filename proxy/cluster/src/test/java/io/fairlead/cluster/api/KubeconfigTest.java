package io.fairlead.cluster.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KubeconfigTest {

    private static final String CLUSTER = "server: 'https://192.0.2.1:6443'";
    private static final String USER = "token: a-secret";

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("config");
    }

    private Optional<Config> read(String cluster, String user) throws IOException {
        Files.writeString(file, """
                apiVersion: v1
                kind: Config
                preferences: {}
                current-context: here
                clusters: [{name: other, cluster: {server: 'http://other'}}, {name: lab, cluster: {%s}}]
                users: [{name: me, user: {%s}}]
                contexts: [{name: here, context: {cluster: lab, user: me, namespace: default}}]
                """.formatted(cluster, user));
        return Kubeconfig.read(file);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                CLUSTER,
                CLUSTER + ", certificate-authority: ca.crt",
                CLUSTER + ", certificate-authority: /etc/ca.crt",
                CLUSTER + ", certificate-authority-data: QUJD",
                "server: 'https://[fd00::1]:6443/'"
            })
    void meansWhatTheClientLibraryUnderstands(String cluster) throws IOException {
        Config ours = read(cluster, USER).orElseThrow();
        Config theirs = Config.fromKubeconfig(file.toFile());
        assertEquals(
                theirs.getMasterUrl().replaceAll("/$", ""), ours.getMasterUrl().replaceAll("/$", ""));
        assertEquals(theirs.getCaCertFile(), ours.getCaCertFile());
        assertEquals(theirs.getCaCertData(), ours.getCaCertData());
        assertEquals("a-secret", ours.getOauthToken());
        assertTrue(!ours.isTrustCerts() && !ours.isDisableHostnameVerification());
    }

    @Test
    void aTokenFileIsReadAnew() throws IOException {
        Path token = Files.writeString(folder.resolve("token"), "one\n");
        Config config = read(CLUSTER, "token: old, tokenFile: token").orElseThrow();
        assertEquals("one", config.getOauthTokenProvider().getToken());
        Files.writeString(token, "two\n");
        assertEquals("two", config.getOauthTokenProvider().getToken());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "exec: {command: aws}",
                "client-certificate-data: QUJD, client-key-data: QUJD",
                "auth-provider: {name: oidc}",
                "username: a, password: b",
                "token: [a]"
            })
    void otherUsersAreLeftToTheClientLibrary(String user) throws IOException {
        assertEquals(Optional.empty(), read(CLUSTER, user));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "certificate-authority: ca.crt",
                CLUSTER + ", insecure-skip-tls-verify: true",
                CLUSTER + ", tls-server-name: kubernetes",
                CLUSTER + ", proxy-url: 'http://proxy'"
            })
    void otherClustersAreLeftToTheClientLibrary(String cluster) throws IOException {
        assertEquals(Optional.empty(), read(cluster, USER));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a: [b", "a: b", "current-context: here", "---\na: b\n---\na: b"})
    void brokenFilesAreLeftToTheClientLibrary(String text) throws IOException {
        Files.writeString(file, text);
        assertEquals(Optional.empty(), Kubeconfig.read(file));
    }
}
