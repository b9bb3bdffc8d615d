package io.fairlead.ingress.resource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.source.decode.Field;
import io.fairlead.cluster.source.decode.InvalidInput;
import io.fairlead.cluster.source.decode.Tree;
import io.fairlead.cluster.source.decode.YamlDocuments;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ingresses and classes as the API has them. */
final class IngressDecoderTest {

    private static final ObjectName NAME = new ObjectName("shop", "web");
    private static final String BACKEND = "backend: {service: {name: web, port: {number: 80}}}";

    static Field field(String yaml) {
        List<Tree> documents = new ArrayList<>();
        YamlDocuments.read(new StringReader(yaml), 1 << 24, documents::add);
        return Field.root(documents.getFirst());
    }

    private static Ingress decode(String yaml) {
        return new IngressDecoder(name -> name.startsWith("fairlead.io/"))
                .decode(NAME, field(yaml))
                .orElseThrow();
    }

    private static String refusal(String yaml) {
        return String.valueOf(
                assertThrows(InvalidInput.class, () -> decode(yaml)).getMessage());
    }

    @Test
    void everythingThatRoutesNeedIsKept() {
        Ingress ingress = decode("""
                metadata:
                  creationTimestamp: "2026-01-02T03:04:05Z"
                  annotations:
                    fairlead.io/ssl-redirect: "false"
                    kubectl.kubernetes.io/last-applied-configuration: "{}"
                spec:
                  ingressClassName: fairlead
                  defaultBackend: {service: {name: web, port: {name: http}}}
                  tls:
                  - {hosts: [a.com, b.com], secretName: cert}
                  - {}
                  rules:
                  - host: a.com
                    http:
                      paths:
                      - {path: /x, pathType: Exact, backend: {resource: {apiGroup: g, kind: K, name: n}}}
                      - {pathType: ImplementationSpecific, backend: {service: {name: web, port: {number: 80}}}}
                  - {host: b.com}
                  - http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
                status: {loadBalancer: {ingress: [{ip: 192.0.2.1}, {hostname: lb.example.com}]}}
                """);
        IngressBackend web = new IngressBackend.OfService("web", "", 80);
        assertEquals(
                new Ingress(
                        NAME,
                        1_767_323_045,
                        "fairlead",
                        Map.of("fairlead.io/ssl-redirect", "false"),
                        new IngressBackend.OfService("web", "http", 0),
                        List.of(
                                new IngressRule(
                                        "a.com",
                                        List.of(
                                                new IngressPath(
                                                        "/x",
                                                        IngressPath.Type.EXACT,
                                                        new IngressBackend.OfResource("g", "K", "n")),
                                                new IngressPath("", IngressPath.Type.IMPLEMENTATION_SPECIFIC, web))),
                                new IngressRule("b.com", List.of()),
                                new IngressRule("", List.of(new IngressPath("/", IngressPath.Type.PREFIX, web)))),
                        List.of(new IngressTls(List.of("a.com", "b.com"), "cert"), new IngressTls(List.of(), "")),
                        List.of("192.0.2.1", "lb.example.com")),
                ingress);
    }

    @Test
    void whatIsNotSaidIsEmpty() {
        assertEquals(
                new Ingress(NAME, 0, "", Map.of(), new IngressBackend.None(), List.of(), List.of(), List.of()),
                decode("{metadata: {}, spec: {}}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{path: /} | spec.rules[0].http.paths[0].pathType: is missing",
                "{path: /, pathType: Regex} | spec.rules[0].http.paths[0].pathType: 'Regex' is none of Exact, Prefix,"
                        + " ImplementationSpecific",
                "{path: /, pathType: Exact} | spec.rules[0].http.paths[0].backend: is missing",
                "{path: /, pathType: Exact, backend: {}} | spec.rules[0].http.paths[0].backend: needs either a service"
                        + " or a resource",
                "{path: /, pathType: Exact, backend: {service: {port: {number: 80}}}} |"
                        + " spec.rules[0].http.paths[0].backend.service.name: is missing",
                "{path: /, pathType: Exact, backend: {service: {name: ../x, port: {number: 80}}}} |"
                        + " spec.rules[0].http.paths[0].backend.service.name: '../x' is not a name"
                        + " (lower case letters, digits, '-' and '.')",
                "{path: /, pathType: Exact, backend: {service: {name: web}}} |"
                        + " spec.rules[0].http.paths[0].backend.service.port: needs either a name or a number",
                "{path: /, pathType: Exact, backend: {service: {name: web, port: {number: 80, name: x}}}} |"
                        + " spec.rules[0].http.paths[0].backend.service.port: needs either a name or a number",
                "{path: /, pathType: Exact, backend: {service: {name: web, port: {number: 65536}}}} |"
                        + " spec.rules[0].http.paths[0].backend.service.port.number: 65536 is not a port (1..65535)",
                "{path: 7, pathType: Exact} | spec.rules[0].http.paths[0].path: expected a string, found the number 7",
            })
    void badFormsAreNamed(String path, String reason) {
        String yaml = "spec: {rules: [{http: {paths: [" + path + "]}}]}";
        String found = refusal(yaml.replace(": 7,", ": 7, " + BACKEND + ","));
        assertEquals(reason, found);
    }

    @Test
    void hugeListsAreRefusedWithTheirLimits() {
        String path = "{path: /, pathType: Prefix, " + BACKEND + "}";
        String paths = "{http: {paths: [" + (path + ", ").repeat(2_500) + path + "]}}";
        assertEquals("spec.rules: have more than 5000 paths", refusal("spec: {rules: [" + paths + ", " + paths + "]}"));
        assertEquals(
                "spec.rules: has 1001 entries; the limit is 1000",
                refusal("spec: {rules: [" + "{host: a.com}, ".repeat(1_000) + "{}]}"));
        assertEquals(
                "spec.tls: has 1001 entries; the limit is 1000",
                refusal("spec: {tls: [" + "{}, ".repeat(1_000) + "{}]}"));
        String hosts = "{hosts: [" + "a.com, ".repeat(2_600) + "a.com]}";
        assertEquals("spec.tls: have more than 5000 hosts", refusal("spec: {tls: [" + hosts + ", " + hosts + "]}"));
        String value = "x".repeat(200_000);
        assertTrue(refusal("metadata: {annotations: {fairlead.io/a: " + value + ", fairlead.io/b: " + value + "}}")
                .startsWith("metadata.annotations: have 400026 characters"));
        assertEquals("metadata.creationTimestamp: is not a time", refusal("metadata: {creationTimestamp: yesterday}"));
    }

    @Test
    void classesSayWhoActs() {
        assertEquals(
                new IngressClass("fairlead", "fairlead.io/ingress"),
                IngressClass.decode(new ObjectName("", "fairlead"), field("spec: {controller: fairlead.io/ingress}"))
                        .orElseThrow());
    }
}
