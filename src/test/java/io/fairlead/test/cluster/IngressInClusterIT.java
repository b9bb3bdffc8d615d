package io.fairlead.test.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.lab.kube.KubeCluster;
import io.fairlead.lab.kube.SelfSignedCertificate;
import io.fairlead.lab.run.LabException;
import io.fairlead.lab.topology.DualStack;
import io.fairlead.lab.traffic.LoadReport;
import io.fairlead.lab.traffic.TrafficLoad;
import io.fairlead.test.Poll;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The ingress of the chart in a real cluster, reached from outside through the nodes' own Service rules, while certificates,
 * backends and the ingress itself are changed. Each case goes on where the one before ended.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class IngressInClusterIT {

    private static final DualStack ADDRESS = DualStack.of("198.51.100.82", "2001:db8:198::82");
    private static final String HOST = "shop.example.com";
    private static final String INGRESS = "deployment/fairlead-ingress";
    private static final String INGRESS_PODS = "app.kubernetes.io/component=ingress";

    private static final Duration SERVED_MAX = Duration.ofSeconds(20);
    private static final Duration STATUS_MAX = Duration.ofSeconds(1);
    private static final Duration LEADER_MAX = Duration.ofSeconds(30);
    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final int PER_SECOND = 30;
    private static final int REPLICAS = 2;

    @TempDir
    private static Path folder;

    private final Stage stage = new Stage(KubeCluster.Proxy.NFTABLES);
    private final KubeCluster cluster = stage.cluster();

    @BeforeAll
    void install() {
        stage.install();
    }

    @AfterAll
    void remove() {
        stage.close();
    }

    @Test
    @Order(1)
    void theChartSwitchesItOn() {
        stage.upgrade("--set=ingress.enabled=true");
        stage.kubectl(
                        "patch",
                        "service",
                        "fairlead-ingress",
                        "--subresource=status",
                        "--patch={\"status\": {\"loadBalancer\": {\"ingress\": [{\"ip\": \"" + ADDRESS.text4()
                                + "\"}, {\"ip\": \"" + ADDRESS.text6() + "\"}]}}}")
                .expectSuccess();
        assertEquals(
                "fairlead.io/ingress",
                cluster.kubectl("get", "ingressclass", "fairlead", "--output=jsonpath={.spec.controller}")
                        .expectSuccess()
                        .out());
        Poll.until(
                "the controller has made keys",
                SERVED_MAX,
                () -> stage.kubectl("get", "secret", "fairlead-keys").exitCode() == 0);
    }

    @Test
    @Order(2)
    void theShopIsReachedFromOutside() throws IOException {
        SelfSignedCertificate certificate = certify("first");
        cluster.apply(ingress("shop", "host: " + HOST, "tls: [{hosts: [" + HOST + "], secretName: shop}]"));
        cluster.apply(ingress("plain", "host: lab", ""));
        for (String address : List.of(ADDRESS.text4(), "[" + ADDRESS.text6() + "]")) {
            Poll.until(
                    "answered by a Pod of the shop",
                    SERVED_MAX,
                    () -> curl(address, certificate).startsWith("shop-"));
        }
        // By name, and without TLS it is sent to https.
        String redirected = outside(
                "curl",
                "-s",
                "-o",
                "/dev/null",
                "-w",
                "%{http_code}",
                "--resolve",
                HOST + ":80:" + ADDRESS.text4(),
                "http://" + HOST);
        assertEquals("308", redirected);
    }

    private SelfSignedCertificate certify(String name) throws IOException {
        SelfSignedCertificate made = SelfSignedCertificate.create(folder, name, "CN=" + HOST, List.of("dns:" + HOST));
        cluster.apply("""
                apiVersion: v1
                kind: Secret
                metadata: {name: shop}
                type: kubernetes.io/tls
                data: {tls.crt: %s, tls.key: %s}
                """.formatted(base64(made.certificate()), base64(made.key())));
        return made;
    }

    private static String base64(Path file) throws IOException {
        return Base64.getEncoder().encodeToString(Files.readAllBytes(file));
    }

    private static String ingress(String name, String host, String tls) {
        return """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: %s}
                spec:
                  ingressClassName: fairlead
                  %s
                  rules:
                  - %s
                    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: shop, port: {number: %d}}}}]}
                """.formatted(name, tls, host, Shop.PORT);
    }

    /** What a client says that trusts this certificate only. */
    private String curl(String address, SelfSignedCertificate certificate) {
        return outside(
                "curl",
                "-sS",
                "--max-time",
                "3",
                "--cacert",
                certificate.certificate().toString(),
                "--resolve",
                HOST + ":443:" + address,
                "https://" + HOST);
    }

    private String outside(String... words) {
        return stage.in(cluster.outside(), words).strip();
    }

    @Test
    @Order(3)
    void statusHasTheAddressAtOnce() throws IOException {
        Duration fastest = Duration.ofDays(1);
        for (int i = 0; i < 3; i++) {
            Duration each = untilStatus("timed-" + i);
            System.out.println("Ingress to its status: " + each.toMillis() + " ms");
            fastest = fastest.compareTo(each) < 0 ? fastest : each;
        }
        assertTrue(fastest.compareTo(STATUS_MAX) < 0, fastest::toString);
    }

    private Duration untilStatus(String name) throws IOException {
        String path = "/apis/networking.k8s.io/v1/namespaces/default/ingresses";
        String json = """
                {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "%s"}, "spec": {
                "ingressClassName": "fairlead", "rules": [{"host": "%s.example.com", "http": {"paths": [{"path": "/",
                "pathType": "Prefix", "backend": {"service": {"name": "shop", "port": {"number": %d}}}}]}}]}}
                """.formatted(name, name, Shop.PORT);
        cluster.api().create(path, json).expectSuccess();
        long created = System.nanoTime();
        Poll.until("status", SERVED_MAX, () -> hasAddress(path + "/" + name));
        return Duration.ofNanos(System.nanoTime() - created);
    }

    private boolean hasAddress(String path) {
        try {
            return cluster.api().get(path).expectSuccess().body().contains("\"ip\":\"" + ADDRESS.text4() + "\"");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @Order(4)
    void aNewCertificateFailsNoRequest() throws IOException {
        try (TlsLoad load = tlsLoad()) {
            Poll.until("answers", SERVED_MAX, () -> load.answered() > 10);
            SelfSignedCertificate second = certify("second");
            Poll.until(
                    "the new certificate is shown",
                    SERVED_MAX,
                    () -> load.certificates().size() == 2);
            assertTrue(curl(ADDRESS.text4(), second).startsWith("shop-"));
            load.expectNoFailure();
        }
    }

    private TlsLoad tlsLoad() {
        return TlsLoad.start(cluster.outside(), new InetSocketAddress(ADDRESS.v4(), 443), HOST);
    }

    @Test
    @Order(5)
    void aRolloutOfTheShopFailsNoRequest() {
        expectNoFailureWhile(() -> rollOut("default", "deployment/shop"));
    }

    @Test
    @Order(6)
    void aRolloutOfTheIngressFailsNoRequest() {
        expectNoFailureWhile(() -> {
            rollOut("kube-system", INGRESS);
            Poll.until("the old Pods have ended", SERVED_MAX, () -> pods().size() == REPLICAS);
        });
    }

    private List<String> pods() {
        return stage.said("get", "pods", "--selector=" + INGRESS_PODS, "--output=name")
                .lines()
                .toList();
    }

    /** Empty of a Pod that was replaced, and ended meanwhile. */
    private String logOf(String pod) {
        try {
            return stage.said("logs", pod);
        } catch (LabException e) {
            assertFalse(pods().contains(pod), e::toString);
            return "";
        }
    }

    private void rollOut(String namespace, String object) {
        cluster.kubectl("--namespace=" + namespace, "rollout", "restart", object)
                .expectSuccess();
        cluster.awaitRollout(namespace, object);
    }

    /** Asks with TLS and without, from outside. */
    private void expectNoFailureWhile(Runnable change) {
        List<InetSocketAddress> plain = List.of(new InetSocketAddress(ADDRESS.v4(), 80));
        try (TlsLoad tls = tlsLoad();
                TrafficLoad http = TrafficLoad.start(
                        List.of(cluster.outside()),
                        new TrafficLoad.Settings(plain, PER_SECOND, Duration.ofSeconds(58), TIMEOUT))) {
            change.run();
            LoadReport report = http.finish();
            assertTrue(report.answered() > PER_SECOND, report::toString);
            assertEquals(0, report.failed(), report::toString);
            tls.expectNoFailure();
        }
    }

    @Test
    @Order(7)
    void statusGoesOnWithoutItsLeader() throws IOException {
        // The case before has replaced all of them, and a leader that ends gives its lease back.
        Poll.until("one leads", LEADER_MAX, () -> holder().contains("_"));
        String holder = holder();
        String pod = holder.substring(0, holder.indexOf('_'));
        stage.kubectl("delete", "pod", pod, "--wait=false").expectSuccess();
        Duration took = untilStatus("after-the-leader");
        System.out.println("status after the leader went: " + took.toMillis() + " ms");
        assertTrue(took.compareTo(LEADER_MAX) < 0, took::toString);
        Poll.until("another leads", LEADER_MAX, () -> !holder().startsWith(pod));
        cluster.awaitRollout("kube-system", INGRESS);
    }

    private String holder() {
        return stage.said("get", "lease", "fairlead-ingress", "--output=jsonpath={.spec.holderIdentity}");
    }

    @Test
    @Order(8)
    void viewsAnswerInThePods() {
        String routes = stage.said("exec", INGRESS, "--", "fairlead", "ingress", "routes");
        assertTrue(routes.contains(HOST), routes);
        String certificates = stage.said("exec", INGRESS, "--", "fairlead", "ingress", "certs");
        assertTrue(certificates.contains("default/shop"), certificates);
    }

    /** Nothing was asked for that the roles do not allow. */
    @Test
    @Order(9)
    void theRolesAreEnough() throws IOException {
        for (String account : List.of("fairlead-ingress", "fairlead-controller")) {
            String user = "\"username\":\"system:serviceaccount:kube-system:" + account + "\"";
            List<String> refused = cluster.control().auditLog().stream()
                    .filter(line -> line.contains(user))
                    .filter(line -> line.contains("\"code\":403"))
                    .toList();
            assertEquals(List.of(), refused);
        }
        for (String pod : pods()) {
            String log = logOf(pod);
            assertTrue(Arrays.stream(log.split("\n", -1)).noneMatch(line -> line.contains(" warning ")), log);
        }
    }
}
