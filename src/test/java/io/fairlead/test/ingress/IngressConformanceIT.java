package io.fairlead.test.ingress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.test.Poll;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the API's documentation promises of Ingresses, asked of the program over its sockets: hosts, paths, default
 * backends, classes, certificates, endpoints.
 *
 * <p>Confined to the test thread.
 */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class IngressConformanceIT {

    private static final Duration SEEN_MAX = Duration.ofSeconds(10);
    private static final String CASES = "cases.yaml";

    private final ManifestFolder manifests = new ManifestFolder();
    private final List<EchoPod> pods = new ArrayList<>();
    private IngressProgram ingress;

    @BeforeAll
    void start() {
        Set<String> services = new HashSet<>(Set.of("main", "marker"));
        ConformanceFile.all().forEach(file -> services.addAll(file.services()));
        StringBuilder text = new StringBuilder();
        for (String service : services) {
            EchoPod pod = EchoPod.start(service + "-1");
            pods.add(pod);
            text.append(Yaml.web(service, pod));
        }
        manifests.write("services.yaml", text.toString());
        ingress = IngressProgram.start(manifests);
    }

    @AfterAll
    void close() {
        ingress.close();
        pods.forEach(EchoPod::close);
        manifests.close();
    }

    /** Puts these into force, with a marker among them. */
    private void apply(String marker, String text) {
        manifests.write(CASES, text);
        Poll.until(marker + " is in force", SEEN_MAX, () -> {
            try (H1Client client = H1Client.connect(ingress.http())) {
                Wire.Message answer = client.get(marker, "/").answer();
                return answer.status() == 200 && Echo.of(answer).service().equals("marker");
            }
        });
    }

    static List<ConformanceFile> files() {
        return ConformanceFile.all();
    }

    @ParameterizedTest
    @MethodSource("files")
    void answersAsWritten(ConformanceFile file) {
        assertTrue(file.rows().size() > 5, file::toString);
        apply(file.name() + ".marker", file.manifests());
        List<String> wrong = new ArrayList<>();
        try (H1Client client = H1Client.connect(ingress.http())) {
            for (ConformanceFile.Row row : file.rows()) {
                String got = ask(client, row);
                String wanted = row.status() + " " + row.service() + " " + row.seen();
                if (!got.equals(wanted)) {
                    wrong.add(row + " got " + got);
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    private static String ask(H1Client client, ConformanceFile.Row row) {
        client.send(row.method() + " " + row.target() + " HTTP/1.1\r\nHost: " + row.host()
                + "\r\nUser-Agent: conformance\r\n\r\n");
        Wire.Message answer = client.answer();
        if (answer.status() != 200) {
            return answer.status() + "  ";
        }
        Echo echo = Echo.of(answer);
        assertEquals(row.method(), echo.method());
        assertEquals(row.host(), echo.request().field("Host"));
        assertEquals("conformance", echo.request().field("User-Agent"));
        assertTrue(echo.request().startLine().endsWith(" HTTP/1.1"), echo::toString);
        assertEquals("echo/1", answer.field("Server"));
        assertEquals("Fri, 01 Jan 2027 00:00:00 GMT", answer.field("Date"));
        assertEquals("text/plain", answer.field("Content-Type"));
        assertTrue(answer.has("Content-Length"), answer::toString);
        return answer.status() + " " + echo.service() + " " + echo.target();
    }

    @Test
    void showsTheCertificateOfTheHost() {
        TestCertificate certificate = TestCertificate.of("of-secret", "secret.example");
        apply(
                "tls.marker",
                Yaml.secret("tls", certificate)
                        + Yaml.ingress("tls", List.of("secret.example tls"), List.of(), "secret.example / main")
                        + Yaml.ingress("marker", "tls.marker / marker"));
        // A Secret is asked for when an Ingress names it.
        Poll.until("the certificate of the Secret is shown", SEEN_MAX, () -> {
            try (H1Client client = H1Client.connectTls(ingress.https(), "secret.example")) {
                return client.certificate().equals("of-secret");
            }
        });
        try (H1Client client = H1Client.connectTls(ingress.https(), "secret.example")) {
            Wire.Message answer = client.get("secret.example", "/").answer();
            assertEquals("main", Echo.of(answer).service());
            assertEquals("https", Echo.of(answer).request().field("X-Forwarded-Proto"));
        }
    }

    @Test
    void leavesIngressesOfOtherClassesAlone() {
        String foreign = Yaml.ingress("foreign", "foreign.example / main")
                .replace("ingressClassName: fairlead", "ingressClassName: other");
        String unknown = Yaml.ingress("unknown", "unknown.example / main")
                .replace("ingressClassName: fairlead", "ingressClassName: unknown");
        apply("class.marker", foreign + unknown + Yaml.ingress("marker", "class.marker / marker"));
        try (H1Client client = H1Client.connect(ingress.http())) {
            assertEquals(404, client.get("foreign.example", "/").answer().status());
            assertEquals(404, client.get("unknown.example", "/").answer().status());
        }
    }

    @Test
    void reachesAllOfTenPods() {
        List<EchoPod> ten = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            ten.add(EchoPod.start("ten-" + i));
        }
        pods.addAll(ten);
        apply(
                "ten.marker",
                Yaml.web("ten", ten.toArray(EchoPod[]::new))
                        + Yaml.ingress("ten", "ten.example / ten")
                        + Yaml.ingress("marker", "ten.marker / marker"));
        Set<String> reached = new HashSet<>();
        try (H1Client client = H1Client.connect(ingress.http())) {
            for (int i = 0; i < 100; i++) {
                reached.add(Echo.of(client.get("ten.example", "/").answer()).pod());
            }
        }
        assertEquals(10, reached.size(), reached::toString);
    }
}
