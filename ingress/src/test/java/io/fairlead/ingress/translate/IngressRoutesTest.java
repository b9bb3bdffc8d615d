package io.fairlead.ingress.translate;

import static io.fairlead.ingress.translate.Texts.created;
import static io.fairlead.ingress.translate.Texts.defaultBackend;
import static io.fairlead.ingress.translate.Texts.ingress;
import static io.fairlead.ingress.translate.Texts.rules;
import static io.fairlead.ingress.translate.Texts.service;
import static io.fairlead.ingress.translate.Texts.web;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.ingress.resource.IngressBackend;
import io.fairlead.ingress.resource.IngressKinds;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts, paths and backends of Ingress v1. Each Service of the tables is called after what it stands for. */
final class IngressRoutesTest {

    private final Stage stage =
            new Stage().apply(web("shop/a", "10.0.0.1"), web("shop/b", "10.0.0.2"), web("shop/fallback", "10.0.0.3"));

    @AfterEach
    void close() {
        stage.close();
    }

    @ParameterizedTest
    @CsvSource({
        // Rules of one host, a path that is asked for, the answer.
        "/ a:80, /any/thing, a:80",
        "/foo a:80, /foo, a:80",
        "/foo a:80, /foo/, a:80",
        "/foo/ a:80, /foo, a:80",
        "/foo/ a:80, /foo/, a:80",
        "/aaa/bb a:80, /aaa/bbb, 404 NO_MATCH",
        "/aaa/bbb a:80, /aaa/bbb, a:80",
        "/aaa/bbb a:80, /aaa/bbb/, a:80",
        "/aaa/bbb a:80, /aaa/bbb/ccc, a:80",
        "/aaa/bbb/ a:80, /aaa/bbb, a:80",
        "/aaa/bbb a:80, /aaa/bbbxyz, 404 NO_MATCH",
        "/ a:80 /aaa b:80, /aaa/ccc, b:80",
        "/ a:80 /aaa b:80, /ccc, a:80",
        "=/foo a:80, /foo, a:80",
        "=/foo a:80, /foo/, 404 NO_MATCH",
        "=/foo/ a:80, /foo, 404 NO_MATCH",
        "=/foo a:80, /FOO, 404 NO_MATCH",
        "=/foo a:80 /foo b:80, /foo, a:80",
        "/foo b:80 =/foo a:80, /foo, a:80",
        "=/foo a:80 /foo b:80, /foo/x, b:80",
        // What is implementation specific is a prefix; without a path, everything.
        "~/foo a:80, /foo/x, a:80",
        "~ a:80, /x, a:80",
        "~/foo(/|$)(.*) a:80, /foo/x, 404 NO_MATCH",
        // Written as people write them, asked for as clients do.
        "/caf\u00e9 a:80, /caf%C3%A9/x, a:80",
        "/a%20b a:80, /a%20b, a:80",
    })
    void pathsMatchAsDocumented(String rule, String path, String answer) {
        stage.apply(ingress("shop/web", rules("a.com " + rule)));
        assertEquals(answer, stage.secure("a.com", path));
        assertEquals(List.of(), stage.problems());
    }

    @ParameterizedTest
    @CsvSource({
        "foo.com, a:80",
        "FOO.com, a:80",
        "bar.foo.com, b:80",
        "baz.bar.foo.com, fallback:80",
        "other.com, fallback:80",
    })
    void hostsMatchAsDocumented(String host, String answer) {
        stage.apply(ingress("shop/web", rules("foo.com / a:80", "*.foo.com / b:80", "- / fallback:80")));
        assertEquals(answer, stage.secure(host, "/"));
    }

    @Test
    void aPreciseHostBeatsAWildcardAlsoForPathsThatItDoesNotHave() {
        stage.apply(ingress("shop/web", rules("x.foo.com /a a:80", "*.foo.com / b:80")));
        assertEquals("404 NO_MATCH", stage.secure("x.foo.com", "/b"));
    }

    @Test
    void aRuleWithoutPathsGivesItsHostToTheDefaultBackend() {
        stage.apply(ingress("shop/web", rules("a.com", "b.com / b:80") + ", " + defaultBackend("fallback:80")));
        assertEquals("fallback:80", stage.secure("a.com", "/x"));
        assertEquals("b:80", stage.secure("b.com", "/x"));
        assertEquals("404 NO_MATCH", stage.secure("c.com", "/x"));
    }

    @Test
    void withoutOneItIsTheDefaultOfTheTable() {
        stage.apply(ingress("shop/web", rules("x.foo.com", "*.foo.com / a:80")));
        assertEquals("404 NO_MATCH", stage.secure("x.foo.com", "/"));
        stage.apply(ingress("shop/all", defaultBackend("fallback:80")));
        assertEquals("fallback:80", stage.secure("x.foo.com", "/"));
        stage.cluster().delete(IngressKinds.INGRESS.kind(), "shop/all");
        assertEquals("404 NO_MATCH", stage.translate().secure("x.foo.com", "/"));
    }

    @Test
    void aDefaultBackendGetsWhatNoPathOfItsHostsIsFor() {
        stage.apply(ingress("shop/web", rules("a.com /foo a:80") + ", " + defaultBackend("fallback:80")));
        assertEquals("a:80", stage.secure("a.com", "/foo"));
        assertEquals("fallback:80", stage.secure("a.com", "/bar"));
        assertEquals("fallback:80", stage.secure("a.com", "*"), "OPTIONS");
        assertEquals("404 NO_MATCH", stage.secure("b.com", "/bar"));
    }

    @Test
    void anIngressWithNothingElseGetsEverything() {
        stage.apply(ingress("shop/web", defaultBackend("a:80")));
        assertEquals("a:80", stage.secure("x.com", "/y"));
        stage.apply(ingress("shop/own", rules("a.com /foo b:80")));
        assertEquals("a:80", stage.secure("a.com", "/bar"));
    }

    @Test
    void theOperatorsDefaultComesBehindAllOthers() {
        IngressSettings standard = IngressSettings.DEFAULT;
        IngressSettings settings = new IngressSettings(
                standard.classes(),
                standard.policy(),
                standard.redirects(),
                new IngressSettings.DefaultBackend("shop", new IngressBackend.OfService("fallback", "http", 0)),
                standard.endpoints());
        try (Stage own = new Stage(settings)) {
            assertEquals("503 NO_SERVICE", own.secure("x.com", "/"));
            assertEquals(
                    List.of("Service shop/fallback: ServiceNotFound: the default backend: "
                            + "Service shop/fallback does not exist"),
                    own.problems());
            own.apply(web("shop/fallback", "10.0.0.3"), web("shop/a", "10.0.0.1"));
            assertEquals("fallback:80", own.secure("x.com", "/"));
            assertEquals("10.0.0.3:8080", own.destinations("fallback", 80));
            assertEquals(List.of(), own.problems());
            own.apply(ingress("shop/web", defaultBackend("a:80")));
            assertEquals("a:80", own.secure("x.com", "/"));
            assertEquals(List.of(), own.problems());
        }
    }

    @ParameterizedTest
    @CsvSource({
        // What the Service has, the port that is named, the answer.
        "'{name: http, port: 80}', web:80, web:80",
        "'{name: http, port: 80}', web:http, web:80",
        "'{name: http, port: 80}', web:8080, 503 NO_SERVICE",
        "'{name: http, port: 80}', web:https, 503 NO_SERVICE",
        "'{port: 80}', web:80, web:80",
        "'{name: dns, port: 53, protocol: UDP}', web:53, 503 NO_SERVICE",
        "'{name: dns, port: 53, protocol: UDP}', web:dns, 503 NO_SERVICE",
        "'{name: a, port: 53, protocol: UDP}, {name: b, port: 53}', web:53, web:53",
        "'{name: http, port: 80, targetPort: 8080}', web:8080, 503 NO_SERVICE",
    })
    void portsAreThoseOfTheService(String ports, String backend, String answer) {
        stage.apply(
                service("shop/web", "clusterIP: 172.30.0.1, ports: [" + ports + "]"),
                ingress("shop/web", rules("a.com / " + backend)));
        assertEquals(answer, stage.secure("a.com", "/"));
        assertEquals(
                answer.equals("503 NO_SERVICE") ? 1 : 0,
                stage.problems().size(),
                stage.problems().toString());
    }

    @Test
    void aServiceThatIsMissingIsSaidAndWaitedFor() {
        stage.apply(ingress("shop/web", rules("a.com / a:80 /late late:http")));
        assertEquals("503 NO_SERVICE", stage.secure("a.com", "/late"));
        assertEquals(
                List.of("Ingress shop/web: ServiceNotFound: a.com/late: Service shop/late does not exist"),
                stage.problems());
        stage.apply(web("shop/late", "10.0.0.9"));
        assertEquals("late:80", stage.secure("a.com", "/late"));
        assertEquals(List.of(), stage.problems());
        stage.cluster().delete(ClusterKind.SERVICE, "shop/late");
        assertEquals("503 NO_SERVICE", stage.translate().secure("a.com", "/late"));
        assertEquals("a:80", stage.secure("a.com", "/"));
    }

    @Test
    void aBackendThatIsNoServiceIsRefused() {
        stage.apply(ingress("shop/web", rules("a.com / a:80 /icons bucket")));
        assertEquals("503 REFUSED_DESTINATION", stage.secure("a.com", "/icons"));
        assertEquals("a:80", stage.secure("a.com", "/"));
        assertEquals(
                List.of("Ingress shop/web: ResourceBackend: a.com/icons: "
                        + "the backend 'Bucket.k8s.example.com/icons' is not a Service"),
                stage.problems());
    }

    @ParameterizedTest
    @CsvSource({
        "a.com, foo, InvalidPath",
        "a.com, /a/../b, InvalidPath",
        "a.com, /%zz, InvalidPath",
        "a.com, /%00, InvalidPath",
        "A.com, /foo, InvalidHost",
        "*, /foo, InvalidHost",
        "a.*.com, /foo, InvalidHost",
        "10.0.0.1, /foo, InvalidHost",
        "a.com:80, /foo, InvalidHost",
    })
    void whatIsWrongWithOneRuleOrPathLeavesOutOnlyThat(String host, String path, String reason) {
        stage.apply(ingress("shop/web", rules(host + " " + path + " a:80", "ok.com / b:80 /foo a:80")));
        assertEquals("b:80", stage.secure("ok.com", "/"));
        assertEquals("404 NO_MATCH", stage.secure(host, "/foo"));
        assertEquals(1, stage.problems().size());
        assertTrue(
                stage.problems().getFirst().startsWith("Ingress shop/web: " + reason + ": rule 0"),
                () -> stage.problems().toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {4_096, 8_000})
    void aPathThatIsTooLongLeavesOutOnlyThat(int length) {
        stage.apply(ingress("shop/web", rules("a.com / a:80 /" + "x".repeat(length) + " b:80")));
        assertEquals("a:80", stage.secure("a.com", "/"));
        assertEquals(1, stage.problems().size());
    }

    @Test
    void manyProblemsOfOneObjectAreCounted() {
        stage.apply(ingress("shop/web", rules("a.com / a:80" + " bad a:80".repeat(500))));
        assertEquals("a:80", stage.secure("a.com", "/"));
        assertEquals(21, stage.problems().size());
        assertEquals(
                "Ingress shop/web: InvalidPath: and 480 more problems",
                stage.problems().getLast());
    }

    @Test
    void anIngressThatCannotBeReadIsNamedAndStaysAsItWas() {
        stage.apply(ingress("shop/web", rules("a.com / a:80")));
        stage.apply(ingress("shop/web", "rules: [{http: {paths: [{path: /}]}}]"));
        assertEquals("a:80", stage.secure("a.com", "/"));
        assertEquals(
                List.of("Ingress shop/web: SetAside: API: spec.rules[0].http.paths[0].pathType: is missing"),
                stage.problems());
        stage.apply(ingress("shop/web", rules("a.com / b:80")));
        assertEquals("b:80", stage.secure("a.com", "/"));
        assertEquals(List.of(), stage.problems());
    }

    @Test
    void anIngressWithoutAnythingIsNamed() {
        stage.apply(ingress("shop/web", ""));
        assertEquals(
                List.of("Ingress shop/web: NoRoutes: it has neither rules nor a default backend"), stage.problems());
    }

    // Collisions.

    @Test
    void pathsOfSeveralIngressesAreOneHosts() {
        stage.apply(ingress("shop/one", rules("a.com /one a:80")), ingress("shop/two", rules("a.com /two b:80")));
        assertEquals("a:80", stage.secure("a.com", "/one"));
        assertEquals("b:80", stage.secure("a.com", "/two"));
        assertEquals(List.of(), stage.problems());
    }

    @ParameterizedTest
    @CsvSource({
        // Ages in seconds of shop/a-first and shop/b-second, and who has the path.
        "1, 2, a:80, shop/b-second, shop/a-first",
        "2, 1, b:80, shop/a-first, shop/b-second",
        "1, 1, a:80, shop/b-second, shop/a-first",
    })
    void theOldestHasAPath(int first, int second, String answer, String loser, String winner) {
        stage.apply(
                ingress("shop/b-second", created(second), rules("a.com /x b:80 /b b:80")),
                ingress("shop/a-first", created(first), rules("a.com /x a:80 /a a:80")));
        assertEquals(answer, stage.secure("a.com", "/x"));
        assertEquals("a:80", stage.secure("a.com", "/a"));
        assertEquals("b:80", stage.secure("a.com", "/b"));
        assertEquals(
                List.of("Ingress " + loser + ": PathConflict: a.com/x (Ingress " + loser
                        + ", rule 0, path 0) gets no requests: Ingress " + winner
                        + ", rule 0, path 0 is older and has them"),
                stage.problems());
        stage.cluster().delete(IngressKinds.INGRESS.kind(), winner);
        assertEquals(answer.equals("a:80") ? "b:80" : "a:80", stage.translate().secure("a.com", "/x"));
        assertEquals(List.of(), stage.problems());
    }

    @Test
    void pathsOfTwoTypesBothStay() {
        stage.apply(
                ingress("shop/one", created(1), rules("a.com /x a:80")),
                ingress("shop/two", created(2), rules("a.com =/x b:80")));
        assertEquals("b:80", stage.secure("a.com", "/x"));
        assertEquals("a:80", stage.secure("a.com", "/x/y"));
        assertEquals(List.of(), stage.problems());
    }

    @ParameterizedTest
    @CsvSource({"/foo a:80 /foo/ a:80, 0", "/foo a:80 ~/foo a:80, 0", "/foo a:80 /foo/ b:80, 1", "=/x a:80 =/x b:80, 1"
    })
    void oneIngressThatSaysTheSameTwiceHasNoProblem(String paths, int problems) {
        stage.apply(ingress("shop/web", rules("a.com " + paths)));
        assertEquals(problems, stage.problems().size(), stage.problems().toString());
    }

    @Test
    void ofTwoDefaultBackendsTheOldestCounts() {
        stage.apply(
                ingress("shop/one", created(2), defaultBackend("a:80")),
                ingress("shop/two", created(1), defaultBackend("b:80")));
        assertEquals("b:80", stage.secure("x.com", "/"));
        assertEquals(1, stage.problems().size());
        assertTrue(
                stage.problems().getFirst().startsWith("Ingress shop/one: PathConflict: default (Ingress shop/one)"));
    }
}
