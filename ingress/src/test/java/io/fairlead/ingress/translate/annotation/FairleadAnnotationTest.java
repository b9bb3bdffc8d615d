package io.fairlead.ingress.translate.annotation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.ingress.route.policy.ForwardPolicy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The values of each annotation. */
final class FairleadAnnotationTest {

    private static final AnnotationReader READER = new AnnotationReader(List.of(AnnotationDialect.FAIRLEAD));
    private static final String NONE = read().toString();

    private static IngressOptions read(String... labelsAndValues) {
        AnnotationReader.Reading reading = reading(labelsAndValues);
        assertEquals(List.of(), reading.faults());
        return reading.options();
    }

    private static AnnotationReader.Reading reading(String... labelsAndValues) {
        Map<String, String> annotations = new HashMap<>();
        for (int i = 0; i < labelsAndValues.length; i += 2) {
            annotations.put("fairlead.io/" + labelsAndValues[i], labelsAndValues[i + 1]);
        }
        return READER.read(annotations, ForwardPolicy.DEFAULT, true);
    }

    /** What the options say then that they do not say without it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ssl-redirect | false | toHttps=false",
                "force-ssl-redirect | true | alwaysToHttps=true",
                "ssl-passthrough | true | passthrough=true",
                "backend-protocol | HTTPS | protocol=HTTPS",
                "backend-protocol | gRPC | protocol=H2C",
                "backend-tls-verify | true | verify=true",
                "backend-tls-server-name | A.example.com | serverName=a.example.com",
                "backend-tls-ca-secret | ca.v1-2 | authoritySecret=ca.v1-2",
                "connect-timeout | 250ms | connectMillis=250,",
                "connect-timeout | 1us | connectMillis=1,",
                "request-timeout | 1h30m | requestMillis=5400000",
                "request-timeout | 0s | requestMillis=0",
                "idle-timeout | 1.5s | idleMillis=1500",
                "idle-timeout | .5s | idleMillis=500",
                "idle-timeout | 24h | idleMillis=86400000",
                "body-size-max | 8m | bodyBytesMax=8388608",
                "body-size-max | 1G | bodyBytesMax=1073741824",
                "body-size-max | 64k | bodyBytesMax=65536",
                "body-size-max | 1000 | bodyBytesMax=1000",
                "body-size-max | 0 | bodyBytesMax=0",
                "rewrite-prefix | /v1/ | rewrite=Prefix[prefix=/v1/]",
                "rewrite-path | /x?y=1 | rewrite=Whole[path=/x?y=1]",
                "upstream-host | api.internal:8080 | host=api.internal:8080",
                "request-headers-set | X-A: b: c | request=RequestEdits[path=Keep[], host=, headers=HeaderEdits[remove=[],"
                        + " set=[HeaderField[name=X-A, value=b: c]], add=[]]]",
                "request-headers-add | X-A: | add=[HeaderField[name=X-A, value=]]",
                "request-headers-remove | X-A | remove=[X-A]",
                "response-headers-set | X-A: 1 | responseHeaders=HeaderEdits[remove=[], set=[HeaderField[name=X-A, value=1]]",
                "response-headers-add | X-A: 1 | responseHeaders=HeaderEdits[remove=[], set=[],"
                        + " add=[HeaderField[name=X-A, value=1]]]",
                "response-headers-remove | Server | responseHeaders=HeaderEdits[remove=[Server]",
                "load-balance | round-robin | algorithm=ROUND_ROBIN",
                "load-balance | least-request | algorithm=LEAST_REQUEST_OF_TWO",
                "affinity | cookie | Cookie[name=fairlead-session, path=/, maxAgeSeconds=0, sameSite=LAX, secure=false]",
                "retries | 0 | retriesMax=0",
                "retries | 10 | retriesMax=10",
                "retry-on | connect | on=[CONNECT], statuses=[], anyMethod=false",
                "retry-on | timeout, 503,502 ,non-idempotent | on=[TIMEOUT], statuses=[502, 503], anyMethod=true",
            })
    void valuesAreTaken(String label, String value, String said) {
        String options = read(label, value).toString();
        assertTrue(options.contains(said), options);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ssl-redirect | TRUE",
                "ssl-redirect | ''",
                "force-ssl-redirect | on",
                "ssl-passthrough | null",
                "backend-protocol | FCGI",
                "backend-protocol | AUTO_HTTP",
                "backend-tls-verify | optional",
                "backend-tls-server-name | ''",
                "backend-tls-server-name | a.com:443",
                "backend-tls-server-name | a.com;b",
                "backend-tls-ca-secret | ''",
                "backend-tls-ca-secret | other/ca",
                "backend-tls-ca-secret | ../ca",
                "backend-tls-ca-secret | CA",
                "connect-timeout | 5",
                "connect-timeout | 5 s",
                "connect-timeout | -5s",
                "connect-timeout | s",
                "connect-timeout | 1s5",
                "connect-timeout | 1.2.3s",
                "connect-timeout | 1e3s",
                "connect-timeout | 0",
                "connect-timeout | 11m",
                "connect-timeout | 99999999999999999999h",
                "request-timeout | 25h",
                "idle-timeout | 0s",
                "body-size-max | 8mb",
                "body-size-max | -1",
                "body-size-max | m",
                "body-size-max | 9999999999g",
                "body-size-max | 99999999999",
                "body-size-max | 1.5m",
                "rewrite-prefix | v1",
                "rewrite-prefix | /a?b",
                "rewrite-path | ''",
                "rewrite-path | 'http://evil'",
                "rewrite-path | /a b",
                "rewrite-path | /../a",
                "upstream-host | a b",
                "upstream-host | ''",
                "upstream-host | a.com/x",
                "request-headers-set | X-A",
                "request-headers-set | : v",
                "request-headers-set | Host: evil",
                "request-headers-set | X A: v",
                "request-headers-add | Content-Length: 1",
                "request-headers-remove | Transfer-Encoding",
                "response-headers-set | Connection: close",
                "response-headers-add | X-A: \u00e9",
                "response-headers-remove | ''",
                "load-balance | ewma",
                "affinity | ip",
                "session-cookie-name | a=b",
                "session-cookie-path | /;Secure",
                "session-cookie-max-age | -1",
                "session-cookie-max-age | 99999999",
                "session-cookie-samesite | None",
                "session-cookie-samesite | Sometimes",
                "session-cookie-secure | 1",
                "retries | 11",
                "retries | -1",
                "retries | ''",
                "retry-on | 200",
                "retry-on | 5xx",
                "retry-on | ''",
            })
    void othersAreRefusedAndChangeNothing(String label, String value) {
        AnnotationReader.Reading reading = reading(label, value);
        assertEquals(1, reading.faults().size(), reading::toString);
        AnnotationReader.Fault fault = reading.faults().getFirst();
        assertTrue(fault.known());
        assertTrue(fault.message().startsWith("annotation fairlead.io/" + label + ": "), fault.message());
        assertEquals(NONE, reading.options().toString());
        boolean security = label.startsWith("ssl-")
                || label.startsWith("force-ssl")
                || label.startsWith("backend-")
                || label.equals("body-size-max");
        assertEquals(security, fault.security());
    }

    @Test
    void headersComeOneInALine() {
        String options =
                read("request-headers-set", "X-A: 1\n\n  X-B: 2 \r\nX-C:3").toString();
        assertTrue(options.contains(
                "[name=X-A, value=1], HeaderField[name=X-B, value=2], HeaderField[name=X-C, value=3]"));
        assertEquals(
                1, reading("request-headers-set", "X-A: 1\nX-A: 2").faults().size(), "twice");
        assertEquals(
                1,
                reading("request-headers-set", "X-A: 1", "request-headers-remove", "x-a")
                        .faults()
                        .size());
        assertEquals(
                1,
                reading("request-headers-add", "X-A: 1\n".repeat(65)).faults().size(),
                "too many");
    }

    @Test
    void theCookieIsWhatAllOfItsAnnotationsSay() {
        String options = read(
                        "affinity", "cookie",
                        "session-cookie-name", "stay",
                        "session-cookie-path", "/app",
                        "session-cookie-max-age", "3600",
                        "session-cookie-samesite", "None",
                        "session-cookie-secure", "true")
                .toString();
        assertTrue(
                options.contains("Cookie[name=stay, path=/app, maxAgeSeconds=3600, sameSite=NONE, secure=true]"),
                options);
        assertEquals(NONE, read("session-cookie-name", "stay").toString(), "without affinity there is no cookie");
    }

    @Test
    void aPathIsRewrittenOnce() {
        AnnotationReader.Reading reading = reading("rewrite-prefix", "/a", "rewrite-path", "/b");
        assertEquals(
                "annotation fairlead.io/rewrite-path: the path is rewritten already by another annotation",
                reading.faults().getFirst().message());
    }

    @Test
    void eachIsOnceAndDescribed() {
        Set<String> labels = new HashSet<>();
        for (FairleadAnnotation each : FairleadAnnotation.values()) {
            assertTrue(labels.add(each.label()), each.label());
            assertTrue(each.label().matches("[a-z]+(-[a-z]+)*"), each.label());
            assertFalse(each.accepts().isEmpty()
                    || each.whenAbsent().isEmpty()
                    || each.meaning().endsWith("."));
        }
        assertEquals(labels, AnnotationDialect.FAIRLEAD.annotations().keySet());
    }

    @Test
    void onlyWhatIsUnderstoodIsKept() {
        assertTrue(READER.understands("fairlead.io/anything"));
        assertTrue(READER.understands("kubernetes.io/ingress.class"));
        assertFalse(READER.understands("kubectl.kubernetes.io/last-applied-configuration"));
    }
}
