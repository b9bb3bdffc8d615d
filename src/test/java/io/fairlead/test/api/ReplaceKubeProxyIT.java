package io.fairlead.test.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.lab.kube.Identity;
import io.fairlead.lab.topology.Topology;
import io.fairlead.test.Poll;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands that switch kube-proxy's DaemonSet off and on, with a real API server. No controller is here: the test
 * says how far DaemonSets are.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ReplaceKubeProxyIT {

    private static final String SETS = "/apis/apps/v1/namespaces/kube-system/daemonsets/";
    private static final String SELECTOR = "\"fairlead.io/replaced-by\":\"fairlead\"";

    @TempDir
    private static Path base;

    private ApiCluster cluster;
    private String kubeconfig;

    @BeforeAll
    void build() {
        cluster = new ApiCluster(base, Topology.of(1, 1));
        kubeconfig = cluster.control().kubeconfig(Identity.ADMIN).toString();
    }

    @AfterEach
    void removeDaemonSets() throws IOException {
        cluster.api().delete(SETS + "kube-proxy");
        cluster.api().delete(SETS + "fairlead-proxy");
    }

    @AfterAll
    void remove() {
        cluster.close();
    }

    private void put(String name) throws IOException {
        cluster.api().apply(SETS + name, """
                apiVersion: apps/v1
                kind: DaemonSet
                metadata: {name: %1$s, namespace: kube-system}
                spec:
                  selector: {matchLabels: {app: %1$s}}
                  template:
                    metadata: {labels: {app: %1$s}}
                    spec: {containers: [{name: it, image: it}]}
                """.formatted(name)).expectSuccess();
    }

    private void say(String name, int desired, int ready) throws IOException {
        cluster.api()
                .merge(SETS + name + "/status", """
                        {"status": {"observedGeneration": 100, "desiredNumberScheduled": %1$d,
                         "currentNumberScheduled": %1$d, "numberMisscheduled": 0, "updatedNumberScheduled": %1$d,
                         "numberReady": %2$d, "numberAvailable": %2$d}}""".formatted(desired, ready))
                .expectSuccess();
    }

    private NodeCommand.Ended run(String command, String... more) {
        String[] words = new String[more.length + 3];
        words[0] = command;
        words[1] = "--kubeconfig";
        words[2] = kubeconfig;
        System.arraycopy(more, 0, words, 3, more.length);
        return NodeCommand.run(cluster.outside(), words);
    }

    private boolean isReplaced() {
        try {
            return cluster.api().get(SETS + "kube-proxy").body().contains(SELECTOR);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void expect(int exitCode, String text, NodeCommand.Ended ended) {
        assertEquals(exitCode, ended.exitCode(), ended::toString);
        assertTrue(ended.output().contains(text), ended::toString);
    }

    @Test
    void withoutKubeProxyNothingIsToBeDone() {
        expect(0, "nothing to replace", run("replace-kube-proxy"));
        expect(0, "nothing to restore", run("restore-kube-proxy"));
    }

    @Test
    void kubeProxyGoesOnAsLongAsAnAgentIsNotReady() throws IOException {
        put("kube-proxy");
        say("kube-proxy", 3, 3);
        expect(1, "there is no such DaemonSet", run("replace-kube-proxy", "--timeout", "1s"));
        put("fairlead-proxy");
        say("fairlead-proxy", 3, 2);
        expect(1, "kube-system/fairlead-proxy: ready on 2 of 3 nodes", run("replace-kube-proxy", "--timeout", "1s"));
        assertTrue(!isReplaced());
    }

    @Test
    void kubeProxyGoesOnWhereThereAreFewerAgents() throws IOException {
        put("kube-proxy");
        say("kube-proxy", 3, 3);
        put("fairlead-proxy");
        say("fairlead-proxy", 2, 2);
        expect(1, "the others would lose their Services", run("replace-kube-proxy"));
        assertTrue(!isReplaced());
    }

    @Test
    void kubeProxyIsKeptAwayAndComesBack() throws IOException {
        put("kube-proxy");
        say("kube-proxy", 3, 3);
        put("fairlead-proxy");
        say("fairlead-proxy", 3, 2);
        CompletableFuture<NodeCommand.Ended> replacing = CompletableFuture.supplyAsync(() -> run("replace-kube-proxy"));
        say("fairlead-proxy", 3, 3);
        Poll.until("replaced", Duration.ofSeconds(20), this::isReplaced);
        say("kube-proxy", 0, 0);
        expect(0, "kube-system/kube-proxy is replaced", replacing.join());
        expect(0, "is replaced", run("replace-kube-proxy"));

        CompletableFuture<NodeCommand.Ended> restoring = CompletableFuture.supplyAsync(() -> run("restore-kube-proxy"));
        Poll.until("restored", Duration.ofSeconds(20), () -> !isReplaced());
        say("kube-proxy", 3, 3);
        expect(0, "kube-system/kube-proxy is back", restoring.join());
        expect(0, "nothing to restore", run("restore-kube-proxy"));
    }
}
