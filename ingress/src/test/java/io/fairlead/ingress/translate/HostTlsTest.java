package io.fairlead.ingress.translate;

import static io.fairlead.ingress.translate.Texts.annotated;
import static io.fairlead.ingress.translate.Texts.created;
import static io.fairlead.ingress.translate.Texts.defaultBackend;
import static io.fairlead.ingress.translate.Texts.ingress;
import static io.fairlead.ingress.translate.Texts.name;
import static io.fairlead.ingress.translate.Texts.rules;
import static io.fairlead.ingress.translate.Texts.web;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.ingress.resource.IngressKinds;
import io.fairlead.ingress.route.HostMatch;
import io.fairlead.ingress.route.policy.PathRewrite;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who answers TLS, and what TLS means for requests that come without it. */
final class HostTlsTest {

    private static final String CHALLENGE = "/.well-known/acme-challenge/token";

    private final Stage stage =
            new Stage().apply(web("shop/a", "10.0.0.1"), web("shop/b", "10.0.0.2"), web("shop/solver", "10.0.0.3"));

    @AfterEach
    void close() {
        stage.close();
    }

    private static String tls(String entries) {
        return ", tls: [" + entries + "]";
    }

    @ParameterizedTest
    @CsvSource({
        // tls entries of an Ingress with rules for a.com and *.b.com, a host, who answers.
        "'{hosts: [a.com], secretName: one}', a.com, [shop/one]",
        "'{hosts: [a.com], secretName: one}', *.b.com, none",
        "'{secretName: one}', a.com, [shop/one]",
        "'{secretName: one}', *.b.com, [shop/one]",
        "'{hosts: [\"*.b.com\"], secretName: one}', *.b.com, [shop/one]",
        "'{hosts: [other.com], secretName: one}', other.com, [shop/one]",
        "'{hosts: [a.com]}', a.com, []",
        "'{hosts: [a.com], secretName: rsa}, {hosts: [a.com], secretName: ec}', a.com, '[shop/rsa, shop/ec]'",
        "'{hosts: [a.com], secretName: one}, {hosts: [a.com], secretName: one}', a.com, [shop/one]",
        "'{hosts: [a.com]}, {hosts: [a.com], secretName: one}', a.com, [shop/one]",
    })
    void entriesSayWhoAnswers(String entries, String host, String answer) {
        stage.apply(ingress("shop/web", rules("a.com / a:80", "*.b.com / b:80") + tls(entries)));
        assertEquals(answer, stage.tls(host));
    }

    @Test
    void anEntryWithoutHostsOfRulesWithoutHostsIsForAny() {
        stage.apply(ingress("shop/web", defaultBackend("a:80") + tls("{secretName: one}")));
        assertEquals("[shop/one]", stage.tls(""));
        assertEquals("308 HTTPS", stage.plain("x.com", "/"));
    }

    @Test
    void aBadHostLeavesOutOnlyThat() {
        stage.apply(ingress("shop/web", rules("a.com / a:80") + tls("{hosts: [a.com, '*', 10.0.0.1], secretName: s}")));
        assertEquals("[shop/s]", stage.tls("a.com"));
        assertEquals(2, stage.problems().size());
    }

    @Test
    void theOldestThatNamesASecretCounts() {
        stage.apply(
                ingress("shop/first", created(1), rules("a.com /1 a:80") + tls("{hosts: [a.com]}")),
                ingress("shop/second", created(2), rules("a.com /2 a:80") + tls("{hosts: [a.com], secretName: two}")),
                ingress("shop/same", created(3), rules("a.com /3 a:80") + tls("{hosts: [a.com], secretName: two}")),
                ingress("else/third", created(3), rules("a.com /4 a:80") + tls("{hosts: [a.com], secretName: two}")));
        assertEquals("[shop/two]", stage.tls("a.com"));
        assertEquals(
                List.of(
                        "Ingress else/third: TlsConflict: TLS of a.com: Ingress shop/second is older and says otherwise"),
                stage.problems().stream().filter(line -> line.contains("Tls")).toList());
        stage.cluster().delete(IngressKinds.INGRESS.kind(), "shop/second");
        stage.cluster().delete(IngressKinds.INGRESS.kind(), "shop/same");
        assertEquals("[else/two]", stage.translate().tls("a.com"));
        assertEquals(Set.of(HostMatch.parse("a.com")), stage.delta.tls());
    }

    @Test
    void secretsAreNamedOnceAndNoMoreThanAreReferredTo() {
        stage.apply(
                ingress("shop/web", rules("a.com / a:80") + tls("{hosts: [a.com], secretName: one}")),
                ingress("shop/other", rules("b.com / a:80") + tls("{hosts: [b.com], secretName: one}")),
                ingress("shop/verified", annotated("backend-tls-ca-secret", "ca"), rules("c.com / a:80")));
        assertEquals(Set.of(name("shop/one"), name("shop/ca")), stage.now.secrets());
        assertTrue(stage.delta.secrets());
        stage.cluster().delete(IngressKinds.INGRESS.kind(), "shop/web");
        assertFalse(stage.translate().delta.secrets());
        stage.cluster().delete(IngressKinds.INGRESS.kind(), "shop/other");
        assertTrue(stage.translate().delta.secrets());
        assertEquals(Set.of(name("shop/ca")), stage.now.secrets());
    }

    @Test
    void aSecretThatCannotBeReadIsAProblemOfThoseWhoNameIt() {
        stage.apply(
                ingress("shop/web", rules("a.com / a:80") + tls("{hosts: [a.com], secretName: one}")),
                ingress("shop/plain", rules("b.com / a:80")));
        assertEquals(List.of(), stage.problems(), "nobody knows yet");
        assertFalse(IngressKinds.areKnown(
                stage.now.secrets(), stage.cluster().moment().snapshot()));
        stage.cluster().setAside(IngressKinds.SECRET.kind(), name("shop/one"), "does not exist");
        stage.cluster().setAside(IngressKinds.SECRET.kind(), name("shop/foreign"), "does not exist");
        stage.translate();
        assertTrue(IngressKinds.areKnown(
                stage.now.secrets(), stage.cluster().moment().snapshot()));
        assertEquals(
                List.of("Ingress shop/web: SecretNotUsable: Secret shop/one: API: does not exist"), stage.problems());
        stage.apply("""
                apiVersion: v1
                kind: Secret
                metadata: {namespace: shop, name: one}
                data: {tls.crt: QQ==, tls.key: Qg==}
                """);
        assertEquals(List.of(), stage.problems());
        assertFalse(stage.delta.routes());
    }

    // Passthrough.

    @ParameterizedTest
    @CsvSource({
        "'a.com / a:80', to shop/a:80",
        "'a.com /x b:80 / a:80', to shop/a:80",
        "'a.com ~ a:80', to shop/a:80",
        "'a.com', to shop/solver:80",
        "'a.com /x a:80', to shop/solver:80",
    })
    void passthroughIsToTheBackendOfTheRoot(String rule, String answer) {
        stage.apply(ingress(
                "shop/web", annotated("ssl-passthrough", "true"), rules(rule) + ", " + defaultBackend("solver:80")));
        assertEquals(answer, stage.tls("a.com"));
        assertEquals("308 HTTPS", stage.plain("a.com", "/"));
        assertEquals(List.of(), stage.problems());
    }

    @ParameterizedTest
    @CsvSource({"'a.com /x a:80', a.com", "'a.com / missing:80', a.com", "'- / a:80', ''"})
    void passthroughNeedsAHostAndABackend(String rule, String host) {
        stage.apply(ingress("shop/web", annotated("ssl-passthrough", "true"), rules(rule)));
        assertEquals("none", stage.tls(host));
        assertTrue(stage.problems().stream().anyMatch(line -> line.contains("passthrough")));
    }

    @ParameterizedTest
    @CsvSource({"1, 2, to shop/a:80", "2, 1, [shop/one]"})
    void theOldestDecidesBetweenPassthroughAndCertificates(int passing, int ending, String answer) {
        stage.apply(
                ingress(
                        "shop/passing",
                        created(passing) + ", " + annotated("ssl-passthrough", "true"),
                        rules("a.com / a:80")),
                ingress(
                        "shop/ending",
                        created(ending),
                        rules("a.com /x b:80") + tls("{hosts: [a.com], secretName: one}")));
        assertEquals(answer, stage.tls("a.com"));
        String loser = passing < ending ? "shop/ending" : "shop/passing";
        assertEquals(1, stage.problems().size());
        assertTrue(stage.problems().getFirst().startsWith("Ingress " + loser + ": TlsConflict: TLS of a.com"));
    }

    @Test
    void nobodyPassesAHostThroughThatAnOlderIngressServes() {
        stage.apply(
                ingress("shop/owner", created(1), rules("a.com / a:80")),
                ingress("evil/late", created(2) + ", " + annotated("ssl-passthrough", "true"), rules("a.com / a:80")),
                web("evil/a", "10.6.6.6"));
        assertEquals("none", stage.tls("a.com"));
        assertEquals("a:80", stage.plain("a.com", "/"));
    }

    // Redirects.

    @ParameterizedTest
    @CsvSource({
        // Annotation, its value, whether the host has TLS; what a request without TLS gets.
        "'', '', false, a:80",
        "'', '', true, 308 HTTPS",
        "ssl-redirect, false, true, a:80",
        "ssl-redirect, true, true, 308 HTTPS",
        "ssl-redirect, true, false, a:80",
        "force-ssl-redirect, true, false, 308 HTTPS",
        "force-ssl-redirect, false, true, 308 HTTPS",
    })
    void requestsWithoutTlsAreSentToHttps(String label, String value, boolean hasTls, String answer) {
        String meta = label.isEmpty() ? "" : annotated(label, value);
        String tls = hasTls ? tls("{hosts: [a.com], secretName: s}") : "";
        stage.apply(ingress("shop/web", meta, rules("a.com / a:80") + tls));
        assertEquals(answer, stage.plain("a.com", "/"));
        assertEquals("a:80", stage.secure("a.com", "/"));
        assertEquals("a:80", stage.plain("a.com", CHALLENGE));
    }

    @Test
    void theHostDecidesWhicheverIngressHasTheEntry() {
        stage.apply(
                ingress("shop/web", rules("a.com / a:80")),
                ingress("shop/own", annotated("ssl-redirect", "false"), rules("a.com /own b:80")));
        assertEquals("a:80", stage.plain("a.com", "/"));
        stage.apply(ingress("shop/tls", "tls: [{hosts: [a.com], secretName: s}], " + rules("other.com / a:80")));
        assertEquals("308 HTTPS", stage.plain("a.com", "/"));
        assertEquals("b:80", stage.plain("a.com", "/own"));
        stage.cluster().delete(IngressKinds.INGRESS.kind(), "shop/tls");
        assertEquals("a:80", stage.translate().plain("a.com", "/"));
    }

    @Test
    void aWildcardsEntryCoversItsNames() {
        stage.apply(
                ingress("shop/web", rules("x.a.com / a:80", "y.x.a.com / a:80", "a.com / a:80")),
                ingress("shop/tls", rules("*.a.com / b:80") + tls("{hosts: ['*.a.com'], secretName: s}")));
        assertEquals("308 HTTPS", stage.plain("x.a.com", "/"));
        assertEquals("308 HTTPS", stage.plain("z.a.com", "/"));
        assertEquals("a:80", stage.plain("y.x.a.com", "/"));
        assertEquals("a:80", stage.plain("a.com", "/"));
        stage.cluster().delete(IngressKinds.INGRESS.kind(), "shop/tls");
        assertEquals("a:80", stage.translate().plain("x.a.com", "/"));
    }

    @ParameterizedTest
    @CsvSource({
        // Paths of the application, a solver's path, a request, what it gets without TLS.
        "'/ a:80', '=/.well-known/acme-challenge/token solver:80', /.well-known/acme-challenge/token, solver:80",
        "'/ a:80', '~/.well-known/acme-challenge/token solver:80', /.well-known/acme-challenge/token, solver:80",
        "'/ a:80', '=/.well-known/acme-challenge/token solver:80', /.well-known/acme-challenge/other, a:80",
        "'/ a:80', '/.well-known/acme-challenge solver:80', /.well-known/acme-challenge/x, solver:80",
        "'/ a:80', '/.well-known/acme-challenge/ solver:80', /.well-known/acme-challenge/x, solver:80",
        "'/ a:80', '=/.well-known/acme-challenge/token solver:80', /.well-known/acme-challengex, 308 HTTPS",
        "'/ a:80', '=/.well-known/acme-challenge/token solver:80', /.well-known/x, 308 HTTPS",
        "'/.well-known b:80 / a:80', '=/other solver:80', /.well-known/acme-challenge/x, b:80",
        "'/.well-known/ b:80 / a:80', '=/other solver:80', /.well-known/acme-challenge/x, b:80",
        "'/x b:80', '=/other solver:80', /.well-known/acme-challenge/x, 404 NO_MATCH",
    })
    void challengesAreNeverRedirected(String paths, String solver, String path, String answer) {
        for (String redirect : List.of("ssl-redirect", "force-ssl-redirect")) {
            stage.apply(
                    ingress(
                            "shop/web",
                            annotated(redirect, "true"),
                            rules("a.com " + paths) + tls("{hosts: [a.com], secretName: s}")),
                    ingress("shop/cm-acme-http-solver", annotated(redirect, "true"), rules("a.com " + solver)));
            assertEquals(answer, stage.plain("a.com", path));
            assertEquals(List.of(), stage.problems());
        }
    }

    @Test
    void challengesOfADefaultBackendAreNotRedirectedEither() {
        stage.apply(ingress("shop/web", rules("a.com") + ", " + defaultBackend("a:80") + tls("{hosts: [a.com]}")));
        assertEquals("308 HTTPS", stage.plain("a.com", "/"));
        assertEquals("a:80", stage.plain("a.com", CHALLENGE));
    }

    @Test
    void challengesAreRewrittenAsTheirPrefixIs() {
        stage.apply(ingress(
                "shop/web",
                annotated("rewrite-prefix", "/app/"),
                rules("a.com /.well-known/ a:80") + tls("{hosts: [a.com]}")));
        assertEquals(
                new PathRewrite.Prefix("/app/acme-challenge"),
                stage.forward("a.com", CHALLENGE).policy().request().path());
        assertEquals("a:80", stage.plain("a.com", CHALLENGE));
    }

    @Test
    void theOperatorChoosesStatusAndPort() {
        IngressSettings standard = IngressSettings.DEFAULT;
        IngressSettings settings = new IngressSettings(
                standard.classes(),
                standard.policy(),
                new IngressSettings.Redirects(false, 301, 8443),
                standard.defaultBackend(),
                standard.endpoints());
        try (Stage own = new Stage(settings)) {
            own.apply(
                    web("shop/a", "10.0.0.1"),
                    ingress("shop/web", rules("a.com / a:80") + tls("{hosts: [a.com]}")),
                    ingress(
                            "shop/forced",
                            annotated("ssl-redirect", "true"),
                            rules("b.com / a:80") + tls("{hosts: [b.com]}")));
            assertEquals("a:80", own.plain("a.com", "/"));
            assertEquals("301 HTTPS", own.plain("b.com", "/"));
        }
    }
}
