package io.fairlead.ingress.translate;

import static io.fairlead.ingress.translate.Texts.ingress;
import static io.fairlead.ingress.translate.Texts.rules;
import static io.fairlead.ingress.translate.Texts.service;
import static io.fairlead.ingress.translate.Texts.slice;
import static io.fairlead.ingress.translate.Texts.web;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.ingress.destination.DestinationPolicy;
import io.fairlead.ingress.route.BackendGroup;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where requests go: endpoints of Services, and what the policy takes out. */
final class EndpointsTest {

    private static final String INGRESS = ingress("shop/web", rules("a.com / web:80"));
    private static final String SERVICE = service("shop/web", "clusterIP: 172.30.0.1, ports: [{name: http, port: 80}]");

    private static IngressSettings settings(List<IpFamily> families, String zone, boolean externalNames) {
        IngressSettings standard = IngressSettings.DEFAULT;
        return new IngressSettings(
                standard.classes(),
                standard.policy(),
                standard.redirects(),
                standard.defaultBackend(),
                new IngressSettings.Endpoints(families, zone, externalNames));
    }

    private static String endpoint(String address, String more) {
        return "{addresses: [\"" + address + "\"], targetRef: {kind: Pod}, " + more + "}";
    }

    @ParameterizedTest
    @CsvSource({
        "'', '10.0.0.1:8080 10.0.0.2:8080'",
        "'ready: true', '10.0.0.1:8080 10.0.0.2:8080'",
        "'ready: false', '10.0.0.2:8080'",
        "'ready: false, serving: true, terminating: true', '10.0.0.2:8080'",
    })
    void readyOnesAreUsed(String conditions, String answer) {
        try (Stage stage = new Stage()) {
            String first = endpoint("10.0.0.1", "conditions: {" + conditions + "}");
            stage.apply(INGRESS, SERVICE, slice("shop/web", "http", 8080, first, "10.0.0.2"));
            assertEquals(answer, stage.destinations("web", 80));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'ready: false', NO_ENDPOINTS",
        "'ready: false, serving: true, terminating: true', 10.0.0.1:8080",
        "'ready: false, serving: false, terminating: true', NO_ENDPOINTS",
        "'ready: false, serving: true', NO_ENDPOINTS",
    })
    void withoutReadyOnesThoseThatEndButServe(String conditions, String answer) {
        try (Stage stage = new Stage()) {
            String only = endpoint("10.0.0.1", "conditions: {" + conditions + "}");
            stage.apply(INGRESS, SERVICE, slice("shop/web", "http", 8080, only));
            assertEquals(answer, stage.destinations("web", 80));
        }
    }

    @Test
    void slicesAreOneAndEachAddressIsThereOnce() {
        try (Stage stage = new Stage()) {
            String ports = "ports: [{name: other, port: 9}, {name: http, port: 8081}]";
            stage.apply(
                    INGRESS,
                    SERVICE,
                    slice("shop/web", "http", 8080, "10.0.0.2", "10.0.0.1"),
                    slice("shop/web-2", "shop/web", ports, "{addresses: [\"10.0.0.1\"]}, {addresses: [\"10.0.0.3\"]}"),
                    slice("shop/web-3", "shop/web", "ports: [{name: http, port: 8080}]", "{addresses: [\"10.0.0.1\"]}"),
                    slice("shop/web-4", "shop/web", "ports: [{name: x, port: 8080}]", "{addresses: [\"10.0.0.4\"]}"));
            assertEquals("10.0.0.1:8080 10.0.0.1:8081 10.0.0.2:8080 10.0.0.3:8081", stage.destinations("web", 80));
        }
    }

    @Test
    void aHeadlessServiceHasEndpointsAndWithoutPortsEveryPort() {
        try (Stage stage = new Stage()) {
            stage.apply(
                    ingress("shop/web", rules("a.com / web:8000 /named named:http")),
                    service("shop/web", "clusterIP: None"),
                    slice("shop/web-1", "shop/web", "", "{addresses: [\"10.0.0.1\"]}"),
                    service("shop/named", "clusterIP: None, ports: [{name: http, port: 80}]"),
                    slice("shop/named", "http", 8080, "10.0.0.2"));
            assertEquals("10.0.0.1:8000", stage.destinations("web", 8000));
            assertEquals("10.0.0.2:8080", stage.destinations("named", 80));
            assertEquals(List.of(), stage.problems());
        }
    }

    @Test
    void theFirstFamilyWithUsableOnesCounts() {
        String both = slice("shop/web", "http", 8080, "10.0.0.1")
                + slice("shop/web-6", "shop/web", "ports: [{name: http, port: 8080}]", "{addresses: [\"fd00::1\"]}");
        try (Stage stage = new Stage()) {
            assertEquals("10.0.0.1:8080", stage.apply(INGRESS, SERVICE, both).destinations("web", 80));
            String away = endpoint("10.0.0.1", "conditions: {ready: false, serving: true, terminating: true}");
            stage.apply(slice("shop/web", "http", 8080, away));
            assertEquals("[fd00::1]:8080", stage.destinations("web", 80));
        }
        try (Stage stage = new Stage(settings(List.of(IpFamily.IPV6, IpFamily.IPV4), "", false))) {
            assertEquals("[fd00::1]:8080", stage.apply(INGRESS, SERVICE, both).destinations("web", 80));
        }
        try (Stage stage = new Stage(settings(List.of(IpFamily.IPV6), "", false))) {
            stage.apply(INGRESS, SERVICE, slice("shop/web", "http", 8080, "10.0.0.1"));
            assertEquals("NO_ENDPOINTS", stage.destinations("web", 80));
        }
    }

    @ParameterizedTest
    @CsvSource({
        // Zone that is followed, hints of two endpoints, who is left.
        "'', a, b, '10.0.0.1:8080 10.0.0.2:8080'",
        "a, a, b, '10.0.0.1:8080'",
        "c, a, b, '10.0.0.1:8080 10.0.0.2:8080'",
        "a, a, '', '10.0.0.1:8080 10.0.0.2:8080'",
    })
    void hintsAreFollowedWhereTheyAreComplete(String zone, String first, String second, String answer) {
        try (Stage stage = new Stage(settings(List.of(IpFamily.IPV4), zone, false))) {
            stage.apply(
                    INGRESS,
                    SERVICE,
                    slice("shop/web", "http", 8080, hinted("10.0.0.1", first), hinted("10.0.0.2", second)));
            assertEquals(answer, stage.destinations("web", 80));
        }
    }

    private static String hinted(String address, String zone) {
        return zone.isEmpty() ? address : endpoint(address, "hints: {forZones: [{name: " + zone + "}]}");
    }

    @Test
    void whatThePolicyRefusesIsLeftOutAndNamed() {
        try (Stage stage = new Stage()) {
            stage.apply(INGRESS, SERVICE, slice("shop/web", "http", 8080, "127.0.0.1", "10.0.0.1", "169.254.169.254"));
            assertEquals("10.0.0.1:8080", stage.destinations("web", 80));
            assertEquals(
                    List.of("Service shop/web: DestinationRefused: port 80: endpoints that are not used: "
                            + "127.0.0.1:8080: it is a loopback address; "
                            + "169.254.169.254:8080: it is link-local, as metadata services of clouds are"),
                    stage.problems());
            String byHand = "{addresses: [\"192.168.0.2\"]}";
            stage.apply(slice("shop/web", "http", 8080, byHand));
            assertEquals("REFUSED_DESTINATION", stage.destinations("web", 80));
            stage.apply(slice("shop/web", "http", 8080, "192.168.0.2"));
            assertEquals("192.168.0.2:8080", stage.destinations("web", 80), "a Pod in the node's network");
            stage.apply(slice("shop/web", "http", 8443, "192.168.0.2"));
            assertEquals("REFUSED_DESTINATION", stage.destinations("web", 80), "our own port");
            stage.apply(slice("shop/web", "http", 8080, "10.0.0.1"));
            assertEquals(List.of(), stage.problems());
        }
    }

    @Test
    void theNodesAddressesMayChange() {
        try (Stage stage = new Stage()) {
            stage.apply(INGRESS, SERVICE, slice("shop/web", "http", 8080, "{addresses: [\"10.9.9.9\"]}"));
            assertEquals("10.9.9.9:8080", stage.destinations("web", 80));
            stage.policy = new DestinationPolicy(Set.of(IpAddress.parse("10.9.9.9")), Set.of(), List.of());
            stage.translate();
            assertEquals("REFUSED_DESTINATION", stage.destinations("web", 80));
            assertEquals(1, stage.delta.backends().size());
            stage.policy = Stage.POLICY;
            assertEquals("10.9.9.9:8080", stage.translate().destinations("web", 80));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "true, db.example.com, db.example.com:5000",
        "true, DB.Example.com., db.example.com:5000",
        "true, localhost, REFUSED_DESTINATION",
        "true, a.localhost, REFUSED_DESTINATION",
        "true, db, REFUSED_DESTINATION",
        "true, 10.0.0.1, REFUSED_DESTINATION",
        "true, '2130706433', REFUSED_DESTINATION",
        "true, a_b.example.com, REFUSED_DESTINATION",
        "false, db.example.com, REFUSED_DESTINATION",
    })
    void externalNamesAreNamesOfDns(boolean allowed, String external, String answer) {
        try (Stage stage = new Stage(settings(List.of(IpFamily.IPV4), "", allowed))) {
            stage.apply(
                    ingress("shop/web", rules("a.com / web:5000")),
                    service("shop/web", "type: ExternalName, externalName: \"" + external + "\""));
            assertEquals(answer, stage.destinations("web", 5000));
            assertEquals(
                    answer.equals("REFUSED_DESTINATION") ? 1 : 0,
                    stage.problems().size());
        }
    }

    @Test
    void aChangeOfEndpointsNamesOnlyItsGroups() {
        try (Stage stage = new Stage()) {
            stage.apply(
                    ingress("shop/web", rules("a.com / web:80 /o other:80")),
                    web("shop/web", "10.0.0.1"),
                    web("shop/other", "10.0.0.2"),
                    web("shop/unused", "10.0.0.3"));
            Translation before = stage.now;
            stage.apply(slice("shop/web", "http", 8080, "10.0.0.7"));
            assertEquals(Set.of(new BackendGroup(Texts.name("shop/web"), 80)), stage.delta.backends());
            assertSame(before.routes(), stage.now.routes());
            assertSame(before.tls(), stage.now.tls());
            assertEquals(false, stage.delta.routes());
            stage.apply(slice("shop/unused", "http", 8080, "10.0.0.8"));
            assertTrue(stage.delta.isEmpty(), stage.delta::toString);
            assertEquals("no group", stage.destinations("unused", 80));
            // The same endpoints in another slice are no change.
            stage.apply(slice(
                    "shop/web-2", "shop/web", "ports: [{name: http, port: 8080}]", "{addresses: [\"10.0.0.7\"]}"));
            assertTrue(stage.delta.isEmpty(), stage.delta::toString);
            stage.cluster().delete(ClusterKind.SERVICE, "shop/web");
            stage.translate();
            assertEquals("no group", stage.destinations("web", 80));
            assertEquals(Set.of(new BackendGroup(Texts.name("shop/web"), 80)), stage.delta.backends());
        }
    }
}
