package io.fairlead.test.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fairlead.lab.kube.Identity;
import io.fairlead.lab.topology.DualStack;
import io.fairlead.lab.topology.Host;
import io.fairlead.test.Poll;
import io.fairlead.test.program.Fairlead;
import io.fairlead.test.program.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who leads, and what leaders write, on a real API server with the permissions of their roles and no others.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
@Timeout(60)
final class LeadersOnApiServerIT {

    private static final Logger LOG = System.getLogger(LeadersOnApiServerIT.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration START_MAX = Duration.ofSeconds(30);
    private static final Duration TAKE_OVER_MAX = Duration.ofSeconds(20);
    private static final String ROLES = "/apis/rbac.authorization.k8s.io/v1/namespaces/fairlead/roles/";
    private static final String INGRESS_ROLE = "/apis/rbac.authorization.k8s.io/v1/clusterroles/fairlead-ingress";
    private static final String LEASES = "/apis/coordination.k8s.io/v1/namespaces/fairlead/leases/";
    private static final String KEYS = "/api/v1/namespaces/fairlead/secrets/fairlead-keys";
    private static final String INGRESSES = "/apis/networking.k8s.io/v1/namespaces/default/ingresses/";

    @TempDir
    private Path base;

    private ApiCluster cluster;
    private Permissions permissions;
    private final List<Program> programs = new ArrayList<>();

    @BeforeEach
    void build() {
        cluster = new ApiCluster(base);
        permissions = new Permissions(cluster);
        cluster.objects().apply("/api/v1/namespaces/fairlead", """
                apiVersion: v1
                kind: Namespace
                metadata: {name: fairlead}
                """);
        permissions.grant("controller", ROLES + "fairlead-controller", ApiCluster.CONTROLLER);
        permissions.grant("ingress-own", ROLES + "fairlead-ingress", ApiCluster.INGRESS);
        permissions.grant("ingress", INGRESS_ROLE, ApiCluster.INGRESS);
    }

    @AfterEach
    void remove() {
        programs.forEach(Program::close);
        cluster.close();
    }

    private Host node(int number) {
        return cluster.host(cluster.topology().nodes().get(number - 1).host());
    }

    private Program start(Host host, Identity user, String... words) {
        List<String> line = new ArrayList<>(Fairlead.line(words));
        line.add("--kubeconfig=" + cluster.control().kubeconfig(user));
        Program program = Program.startIn(host.namespace(), line);
        programs.add(program);
        return program;
    }

    private Program controller(int node) {
        return start(
                node(node),
                ApiCluster.CONTROLLER,
                "controller",
                "--lease=fairlead/fairlead-controller",
                "--keys-secret=fairlead/fairlead-keys",
                "--key-rotation=4s",
                "--key-notice=2s",
                "--ticket-key-lifetime=20s",
                "--cookie-key-lifetime=20s");
    }

    private Program ingress(int node) {
        return start(
                node(node),
                ApiCluster.INGRESS,
                "ingress",
                "--lease=fairlead/fairlead-ingress",
                "--keys-secret=fairlead/fairlead-keys",
                "--publish-nodes-of=fairlead/ingress",
                "--run-dir=" + base.resolve("run-" + node));
    }

    private JsonNode get(String path) {
        try {
            return JSON.readTree(cluster.api().get(path).body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String holder(String lease) {
        return get(LEASES + lease).path("spec").path("holderIdentity").asText();
    }

    private Program awaitLeader(String lease, List<Program> candidates, Duration longest) {
        List<Program> found = new ArrayList<>();
        Poll.until("a leader among " + candidates.stream().map(Program::log).toList(), longest, () -> {
            String holder = holder(lease);
            candidates.stream()
                    .filter(each -> !holder.isEmpty() && each.isAlive())
                    .filter(each -> each.log().contains(holder + " leads"))
                    .forEach(found::add);
            return !found.isEmpty();
        });
        return found.getFirst();
    }

    private String keys() {
        String base64 = get(KEYS).path("data").path("keys").asText();
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.US_ASCII);
    }

    @Test
    void twoControllersFightForTheLeaseAndKeepTheKeys() throws IOException {
        List<Program> both = List.of(controller(1), controller(2));
        Program leader = awaitLeader("fairlead-controller", both, START_MAX);
        Program other = both.get(both.indexOf(leader) == 0 ? 1 : 0);
        Poll.until("keys", START_MAX, () -> keys().contains("tickets current"));
        assertEquals("fairlead.io/shared-keys", get(KEYS).path("type").asText());
        cluster.api()
                .merge(KEYS, "{\"metadata\": {\"labels\": {\"owner\": \"somebody\"}}}")
                .expectSuccess();
        Poll.until("they are rotated", START_MAX, () -> keys().contains("tickets old"));
        assertEquals("somebody", get(KEYS).at("/metadata/labels/owner").asText());

        leader.signal("KILL");
        long killed = System.nanoTime();
        assertEquals(other, awaitLeader("fairlead-controller", List.of(other), TAKE_OVER_MAX));
        LOG.log(Level.INFO, "taken over after {0} ms", (System.nanoTime() - killed) / 1_000_000);

        cluster.api().merge(KEYS, "{\"data\": {\"keys\": \"aHVudGVyMg==\"}}").expectSuccess();
        Poll.until(
                "an Event on the Secret",
                START_MAX,
                () -> get("/apis/events.k8s.io/v1/namespaces/fairlead/events")
                        .toString()
                        .contains("KeysNotReadable"));
        assertEquals("hunter2", keys());
        assertFalse(other.log().contains("hunter2"), other.log());
        cluster.api().delete(KEYS).expectSuccess();
        Poll.until("new keys", START_MAX, () -> keys().contains("tickets current"));
        other.signal("TERM");
        assertEquals(0, other.awaitEnd(START_MAX).exitCode());
        assertEquals("", holder("fairlead-controller"));
        assertEquals(permissions.granted(ROLES + "fairlead-controller"), permissions.used(ApiCluster.CONTROLLER));
    }

    private void slice(String... endpoints) {
        cluster.objects().apply("/apis/discovery.k8s.io/v1/namespaces/fairlead/endpointslices/ingress-1", """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: ingress-1, labels: {kubernetes.io/service-name: ingress}}
                addressType: IPv4
                ports: [{name: http, port: 80}]
                endpoints: [%s]
                """.formatted(
                        String.join(", ", endpoints)));
    }

    private String endpoint(int node, String conditions) {
        return "{addresses: [%s], nodeName: node-%d, conditions: {%s}}"
                .formatted(node(node).addresses().text4(), node, conditions);
    }

    private void putIngress(String name, String className, String more) {
        cluster.objects().apply(INGRESSES + name, """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: %s, annotations: {%s}}
                spec:
                  ingressClassName: %s
                  defaultBackend: {service: {name: web, port: {number: 80}}}
                """.formatted(name, more, className));
    }

    private void ingressClass(String name, String controller) {
        cluster.objects().apply("/apis/networking.k8s.io/v1/ingressclasses/" + name, """
                apiVersion: networking.k8s.io/v1
                kind: IngressClass
                metadata: {name: %s}
                spec: {controller: %s}
                """.formatted(name, controller));
    }

    /** The addresses of these nodes, as the status has them: the order is that of their texts. */
    private String entries(int... nodes) {
        return Stream.<Function<DualStack, String>>of(DualStack::text4, DualStack::text6)
                .flatMap(family -> IntStream.of(nodes)
                        .mapToObj(each -> family.apply(node(each).addresses())))
                .map(address -> "{\"ip\":\"" + address + "\"}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    private String published(String name) {
        return get(INGRESSES + name).at("/status/loadBalancer/ingress").toString();
    }

    private void awaitPublished(String name, String expected, Duration longest) {
        Poll.until(name + " has " + expected, longest, () -> published(name).equals(expected));
    }

    private Duration timeToPublish(String name, String expected) {
        putIngress(name, "fairlead", "");
        long created = System.nanoTime();
        awaitPublished(name, expected, START_MAX);
        Duration time = Duration.ofNanos(System.nanoTime() - created);
        LOG.log(Level.INFO, "published after {0} ms", time.toMillis());
        return time;
    }

    @Test
    void statusOfIngressesIsWrittenAtOnceAndTakenBackByTheLastReplica() throws IOException {
        ingressClass("fairlead", "fairlead.io/ingress");
        ingressClass("other", "example.com/other");
        cluster.objects().apply("/api/v1/namespaces/fairlead/services/ingress", """
                apiVersion: v1
                kind: Service
                metadata: {name: ingress}
                spec: {clusterIP: None, ports: [{name: http, port: 80}]}
                """);
        slice(endpoint(1, "ready: true"), endpoint(2, "ready: true"));
        putIngress("foreign", "other", "");
        String foreign = "[{\"ip\":\"198.51.100.9\"}]";
        cluster.api()
                .merge(INGRESSES + "foreign/status", "{\"status\":{\"loadBalancer\":{\"ingress\":" + foreign + "}}}")
                .expectSuccess();
        List<Program> both = List.of(ingress(1), ingress(2));
        Program leader = awaitLeader("fairlead-ingress", both, START_MAX);
        Program other = both.get(both.indexOf(leader) == 0 ? 1 : 0);
        both.forEach(each -> each.awaitText("ready", START_MAX));
        String here = entries(1, 2);

        putIngress("web", "fairlead", "fairlead.io/no-such: x");
        awaitPublished("web", here, START_MAX);
        Duration fastest = IntStream.range(0, 3)
                .mapToObj(i -> timeToPublish("more-" + i, here))
                .min(Duration::compareTo)
                .orElseThrow();
        assertTrue(fastest.compareTo(Duration.ofSeconds(1)) < 0, "published after " + fastest);

        putIngress("web", "other", "");
        awaitPublished("web", "", Duration.ofSeconds(2));
        putIngress("web", "fairlead", "fairlead.io/no-such: x");
        awaitPublished("web", here, Duration.ofSeconds(2));

        leader.signal("TERM");
        leader.awaitEnd(START_MAX);
        awaitLeader("fairlead-ingress", List.of(other), Duration.ofSeconds(6));
        assertEquals(here, published("web"));
        boolean firstLed = leader.equals(both.getFirst());
        String gone = "ready: false, serving: true, terminating: true";
        slice(endpoint(1, firstLed ? gone : "ready: true"), endpoint(2, firstLed ? "ready: true" : gone));
        awaitPublished("web", entries(firstLed ? 2 : 1), Duration.ofSeconds(2));

        other.signal("TERM");
        assertEquals(0, other.awaitEnd(START_MAX).exitCode(), other::log);
        assertEquals("", published("web"), other::log);
        assertEquals("", holder("fairlead-ingress"));
        assertEquals(foreign, published("foreign"));
        assertTrue(get("/apis/events.k8s.io/v1/namespaces/default/events")
                .toString()
                .contains("UnknownAnnotation"));
        assertEquals(
                permissions.granted(ROLES + "fairlead-ingress", INGRESS_ROLE), permissions.used(ApiCluster.INGRESS));
    }
}
