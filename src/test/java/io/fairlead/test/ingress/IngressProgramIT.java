package io.fairlead.test.ingress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.fairlead.test.Poll;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * From no object to serving, and each kind of change while connections of all kinds go on.
 *
 * <p>Confined to the test thread.
 */
@Timeout(60)
final class IngressProgramIT {

    /** Far more than any change takes; how much that is, {@link IngressChurnIT} measures. */
    private static final Duration SEEN_MAX = Duration.ofSeconds(10);

    private static final String HOST = "shop.example";
    private static final String PROBLEMS = "fairlead_ingress_objects_with_problems";

    private final ManifestFolder manifests = new ManifestFolder();
    private final EchoPod first = EchoPod.start("web-1");
    private final EchoPod second = EchoPod.start("web-2");
    private final EchoPod other = EchoPod.start("other-1");
    private IngressProgram ingress;

    @BeforeEach
    void start() {
        ingress = IngressProgram.start(manifests);
    }

    @AfterEach
    void close() {
        ingress.close();
        first.close();
        second.close();
        other.close();
        manifests.close();
    }

    private Wire.Message ask(String host, String target) {
        try (H1Client client = H1Client.connect(ingress.http())) {
            return client.get(host, target).answer();
        }
    }

    private void expectSoon(String host, String target, int status) {
        Poll.until(
                host + target + " is " + status,
                SEEN_MAX,
                () -> ask(host, target).status() == status);
    }

    /** Waits until a path leads to a Service. */
    private void expectSoon(String host, String target, String service) {
        Poll.until(host + target + " leads to " + service, SEEN_MAX, () -> {
            Wire.Message answer = ask(host, target);
            return answer.status() == 200 && Echo.of(answer).service().equals(service);
        });
    }

    @Test
    void fromNoObjectToServing() {
        assertEquals(404, ask(HOST, "/").status());
        manifests.write("ingress.yaml", Yaml.ingress("shop", HOST + " / web"));
        expectSoon(HOST, "/", 503);
        manifests.write("web.yaml", Yaml.service("web"));
        assertEquals(503, ask(HOST, "/").status());
        manifests.write("web.yaml", Yaml.web("web"));
        assertEquals(503, ask(HOST, "/").status());
        manifests.write("web.yaml", Yaml.web("web", first));
        expectSoon(HOST, "/", "web");
        assertEquals(404, ask("else.example", "/").status());
        String counted = "fairlead_ingress_requests_total{namespace=\"shop\",ingress=\"shop\",service=\"";
        Poll.until(
                "the answers are counted: " + ingress.page("/metrics").text(),
                SEEN_MAX,
                () -> ingress.metric(counted + "web\",code=\"2xx\"}") >= 1
                        && ingress.metric(counted + "\",code=\"5xx\"}") >= 1);
        manifests.delete("ingress.yaml");
        expectSoon(HOST, "/", 404);
    }

    @Test
    void noChangeClosesAConnection() {
        TestCertificate before = TestCertificate.of("before", HOST);
        manifests.write("secret.yaml", Yaml.secret("shop-tls", before));
        manifests.write("ingress.yaml", withTls(HOST + " / web"));
        manifests.write("web.yaml", Yaml.web("web", first, second) + Yaml.web("other", other));
        expectSoon(HOST, "/", 308);
        Poll.until("the certificate is there", SEEN_MAX, () -> shown().equals("before"));
        try (H1Client kept = H1Client.connectTls(ingress.https(), HOST);
                H1Client download = H1Client.connectTls(ingress.https(), HOST);
                H2Client http2 = H2Client.connectTls(ingress.https(), HOST);
                WebSocketClient webSocket = WebSocketClient.open(ingress.http(), "plain.example", "/ws")) {
            download.get(HOST, "/slow/300/10").head();
            assertEquals("web", Echo.of(kept.get(HOST, "/").answer()).service());
            assertEquals(200, http2.ask(HOST, "/").status());

            manifests.write("new.yaml", Yaml.ingress("new", "new.example / other"));
            expectSoon("new.example", "/", "other");
            manifests.write("new.yaml", Yaml.ingress("new", "new.example / web"));
            expectSoon("new.example", "/", "web");
            manifests.delete("new.yaml");
            expectSoon("new.example", "/", 404);

            manifests.write("ingress.yaml", withTls(HOST + " / web", HOST + " /api other"));
            Poll.until(
                    "the old connection sees the new route",
                    SEEN_MAX,
                    () -> Echo.of(kept.get(HOST, "/api").answer()).service().equals("other"));
            assertEquals("other", Echo.of(http2.ask(HOST, "/api").text()).service());

            manifests.write("web.yaml", Yaml.web("web", second) + Yaml.web("other", other));
            expectOnly(kept, "web-2");
            manifests.write("web.yaml", Yaml.web("web", first, second) + Yaml.web("other", other));

            TestCertificate after = TestCertificate.of("after", HOST);
            manifests.write("secret.yaml", Yaml.secret("shop-tls", after));
            Poll.until("the new certificate is shown", SEEN_MAX, () -> shown().equals("after"));

            manifests.write("ingress.yaml", "kind: Ingress\n  broken: [");
            ingressLogs("ingress.yaml");

            assertEquals("other", Echo.of(kept.get(HOST, "/api").answer()).service());
            assertEquals("other", Echo.of(http2.ask(HOST, "/api").text()).service());
            assertFalse(http2.isLeaving());
            assertEquals("still here", webSocket.echo("still here"));
            assertEquals(300 * EchoPod.SLOW_PIECE_BYTES, rest(download));
        }
    }

    private static String withTls(String... paths) {
        return Yaml.ingress("shop", List.of(HOST + " shop-tls"), List.of(), paths)
                + Yaml.ingress("plain", "plain.example / web");
    }

    /** The certificate that a new client is shown. */
    private String shown() {
        try (H1Client client = H1Client.connectTls(ingress.https(), HOST)) {
            return client.certificate();
        }
    }

    /** Waits until no other Pod answers; an answer that is none fails at once. */
    private static void expectOnly(H1Client client, String pod) {
        Poll.until("only " + pod + " answers", SEEN_MAX, () -> {
            boolean only = true;
            for (int i = 0; i < 20; i++) {
                only &= Echo.of(client.get(HOST, "/").answer()).pod().equals(pod);
            }
            return only;
        });
    }

    private void ingressLogs(String text) {
        Poll.until(
                "the log says " + text + ": " + ingress.log(),
                SEEN_MAX,
                () -> ingress.log().contains(text));
    }

    private static int rest(H1Client client) {
        try {
            return client.in().readNBytes(300 * EchoPod.SLOW_PIECE_BYTES).length;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatIsBrokenLeavesItsLastGoodStateAndIsNamed() {
        manifests.write("web.yaml", Yaml.web("web", first));
        manifests.write("ingress.yaml", Yaml.ingress("shop", HOST + " / web"));
        expectSoon(HOST, "/", "web");
        String good = Yaml.ingress("shop", HOST + " / web", HOST + " /new web");
        manifests.write("ingress.yaml", good.replace("pathType: Prefix", "pathType: Nonsense"));
        ingressLogs("shop/shop");
        ingressLogs("ingress.yaml:");
        assertEquals(1, ingress.metric(PROBLEMS), () -> ingress.page("/metrics").text());
        assertEquals("web", Echo.of(ask(HOST, "/")).service());
        manifests.write("bad.yaml", "{{{");
        ingressLogs("bad.yaml");
        expectProblems(2);
        manifests.write("more.yaml", Yaml.ingress("more", "more.example / web"));
        expectSoon("more.example", "/", "web");
        manifests.delete("bad.yaml");
        manifests.write("ingress.yaml", good);
        expectProblems(0);
    }

    private void expectProblems(int count) {
        Poll.until(count + " objects with problems", SEEN_MAX, () -> ingress.metric(PROBLEMS) == count);
    }

    @Test
    void requestsWithoutTlsAreRedirectedButThoseOfHttp01() {
        manifests.write("secret.yaml", Yaml.secret("shop-tls", TestCertificate.of("shop", HOST)));
        manifests.write("ingress.yaml", withTls(HOST + " / web"));
        manifests.write("web.yaml", Yaml.web("web", first) + Yaml.web("solver", other));
        expectSoon(HOST, "/", 308);
        Wire.Message redirect = ask(HOST, "/a/b?c=d");
        assertEquals("https://" + HOST + "/a/b?c=d", redirect.field("Location"), redirect::toString);
        manifests.write("solver.yaml", Yaml.ingress("solver", HOST + " =/.well-known/acme-challenge/token solver"));
        expectSoon(HOST, "/.well-known/acme-challenge/token", "other");
        assertEquals(308, ask(HOST, "/").status());
    }
}
