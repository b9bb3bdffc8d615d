package io.fairlead.test.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.lab.cluster.AgentProcess;
import io.fairlead.lab.cluster.ServiceManifest;
import io.fairlead.lab.kube.Identity;
import io.fairlead.lab.kube.KubeApi;
import io.fairlead.lab.topology.DualStack;
import io.fairlead.lab.topology.HostSpec;
import io.fairlead.lab.topology.Topology;
import io.fairlead.lab.traffic.Transport;
import io.fairlead.test.Poll;
import io.fairlead.test.netns.Tool;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Agents follow what clients and controllers write to a real API server.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ApiServerIT {

    private static final int MANY = 5_000;
    /** Writing an object takes the API server 5 to 10 ms of CPU; the rest have no endpoints, and reject. */
    private static final int WITH_SLICE = 50;

    private static final int WRITERS = 4;
    private static final String SLICES = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";

    @TempDir
    private static Path base;

    private ApiCluster cluster;
    private ApiAnswers answers;

    @BeforeAll
    void build() {
        long start = System.nanoTime();
        cluster = new ApiCluster(base);
        answers = new ApiAnswers(cluster);
        System.out.printf("API server ready after %d ms%n", (System.nanoTime() - start) / 1_000_000);
        cluster.startAgents();
        System.out.printf("agents ready after %d ms%n", (System.nanoTime() - start) / 1_000_000);
    }

    @AfterAll
    void remove() {
        cluster.close();
    }

    @Test
    void servicesAreRoutedAndFollowTheirEndpoints() {
        ServiceManifest web = answers.service("web", 10);
        cluster.objects().put(web);
        answers.expect(web, ApiAnswers.names(cluster.topology().pods()));
        ServiceManifest fewer = web.endpoints(cluster.topology().pods().subList(0, 1));
        cluster.objects().putSlices(fewer);
        answers.expect(web, ApiAnswers.names(fewer.endpoints()));
        cluster.objects().putSlices(web.endpoints(List.of()));
        answers.expect(web, Set.of("REFUSED"));
        cluster.objects().put(web);
        answers.expect(web, ApiAnswers.names(cluster.topology().pods()));
        cluster.objects().delete(web);
        answers.awaitSilence(web);
    }

    /** A large cluster has thousands of agents. */
    @Test
    void allThatAnAgentAsksGoesOverOneConnection() {
        for (AgentProcess agent : cluster.agents()) {
            String connections =
                    Tool.run(agent.node().namespace(), "ss", "-Htn", "state", "established", "dport", "=", ":6443");
            assertEquals(1, connections.lines().count(), connections);
        }
    }

    @Test
    void slicesThatControllersMakeOfPodsAreFollowed() throws IOException {
        cluster.control().startControllers();
        ServiceManifest made =
                ServiceManifest.of("made", DualStack.of("172.30.0.12", "fd00:172:30::12"), 80, Transport.HTTP);
        cluster.objects()
                .apply(
                        "/api/v1/namespaces/default/services/made",
                        made.service().replaceFirst("spec:", "spec:\n  selector: {app: made}"));
        List<HostSpec> pods = cluster.topology().pods();
        for (HostSpec pod : pods) {
            cluster.putPod(pod, "made");
        }
        answers.expect(made, ApiAnswers.names(pods));
        cluster.api()
                .delete("/api/v1/namespaces/default/pods/" + pods.getFirst().name() + "?gracePeriodSeconds=0")
                .expectSuccess();
        answers.expect(made, ApiAnswers.names(pods.subList(1, pods.size())));
    }

    @Test
    void manyServicesCreatedAsFastAsTheApiTakesThem() throws IOException, InterruptedException, ExecutionException {
        long start = System.nanoTime();
        try (ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
            List<Future<?>> written = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                int first = writer;
                written.add(writers.submit(() -> create(first)));
            }
            for (Future<?> each : written) {
                each.get();
            }
        }
        long created = System.nanoTime();
        for (AgentProcess agent : cluster.agents()) {
            Poll.until("all Services on " + agent.node().name(), Duration.ofSeconds(10), () -> served(agent, MANY));
        }
        System.out.printf(
                "%d Services with slices created in %d ms, all in both kernels %d ms later%n",
                MANY, (created - start) / 1_000_000, (System.nanoTime() - created) / 1_000_000);
        for (int i : List.of(0, MANY / 2, MANY - WITH_SLICE)) {
            answers.expect(
                    many(i).clusterAddress().v4(),
                    ApiAnswers.names(cluster.topology().pods().subList(0, 1)),
                    ApiAnswers.IN_FORCE);
        }
    }

    private static boolean served(AgentProcess agent, int services) {
        String status = agent.page("/status", Map.of()).orElse("");
        return status.contains("\"in-sync\"")
                && Integer.parseInt(status.replaceAll("(?s).*\"services\": (\\d+).*", "$1")) >= services;
    }

    private static ServiceManifest many(int i) {
        String last = (100 + i / 200) + "." + (1 + i % 200);
        return ServiceManifest.of(
                "many-" + i, DualStack.of("172.30." + last, "fd00:172:30::" + (1000 + i)), 80, Transport.HTTP);
    }

    /** Every fourth of them, on a connection of its own. */
    private Void create(int first) throws IOException {
        HostSpec pod = cluster.topology().pods().getFirst();
        try (KubeApi api = cluster.control().api(Identity.ADMIN, cluster.host(Topology.ROUTER))) {
            for (int i = first; i < MANY; i += WRITERS) {
                ServiceManifest service = many(i);
                api.create("/api/v1/namespaces/default/services", """
                        {"metadata": {"name": "%s"}, "spec": {"clusterIP": "%s", "ports": [{"port": 80}]}}
                        """.formatted(
                                        service.name(), service.clusterAddress().text4()))
                        .expectSuccess();
                if (i % WITH_SLICE == 0) {
                    createSlice(api, service, pod);
                }
            }
        }
        return null;
    }

    private static void createSlice(KubeApi api, ServiceManifest service, HostSpec pod) throws IOException {
        api.create(SLICES, """
                        {"metadata": {"name": "%s-1", "labels": {"kubernetes.io/service-name": "%s"}},
                         "addressType": "IPv4", "ports": [{"name": "", "port": %d}],
                         "endpoints": [{"addresses": ["%s"], "conditions": {"ready": true}}]}
                        """.formatted(
                                service.name(),
                                service.name(),
                                Transport.HTTP.podPort(),
                                pod.addresses().text4()))
                .expectSuccess();
    }
}
