package io.fairlead.ingress.translate;

import static io.fairlead.ingress.translate.Texts.annotated;
import static io.fairlead.ingress.translate.Texts.ingress;
import static io.fairlead.ingress.translate.Texts.rules;
import static io.fairlead.ingress.translate.Texts.service;
import static io.fairlead.ingress.translate.Texts.web;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.model.ObjectName;
import io.fairlead.ingress.route.policy.BackendConnection;
import io.fairlead.ingress.route.policy.BackendTls;
import io.fairlead.ingress.route.policy.ForwardPolicy;
import io.fairlead.ingress.route.policy.PathRewrite;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What annotations do to routes; their values are in {@code annotation}'s own tests. */
final class AnnotationsTest {

    private final Stage stage = new Stage().apply(web("shop/a", "10.0.0.1"));

    @AfterEach
    void close() {
        stage.close();
    }

    @ParameterizedTest
    @CsvSource({
        "ssl-redirect, yes",
        "force-ssl-redirect, ''",
        "ssl-passthrough, 1",
        "backend-protocol, AJP",
        "backend-tls-verify, 'on'",
        "backend-tls-server-name, 'a b'",
        "backend-tls-ca-secret, other/ca",
        "body-size-max, 8 megabytes",
    })
    void whatIsAboutSecurityDeniesUntilItIsRight(String label, String value) {
        stage.apply(
                ingress("shop/web", annotated(label, value), rules("a.com / a:80") + ", tls: [{hosts: [a.com]}]"),
                ingress("shop/other", rules("a.com /other a:80")));
        assertEquals("503 DENIED", stage.secure("a.com", "/"));
        assertEquals("503 DENIED", stage.plain("a.com", "/"));
        assertEquals("503 DENIED", stage.plain("a.com", "/.well-known/acme-challenge/x"));
        assertEquals("a:80", stage.secure("a.com", "/other"));
        assertEquals(1, stage.problems().size());
        String problem = stage.problems().getFirst();
        assertTrue(
                problem.startsWith("Ingress shop/web: InvalidAnnotation: annotation fairlead.io/" + label + ": ")
                        && problem.endsWith("; all paths answer 503 until it is right"),
                problem);
        stage.apply(ingress("shop/web", rules("a.com / a:80")));
        assertEquals("a:80", stage.secure("a.com", "/"));
        assertEquals(List.of(), stage.problems());
    }

    @Test
    void whatIsNotLeavesTheDefault() {
        stage.apply(ingress("shop/web", annotated("connect-timeout", "soon", "retries", "3"), rules("a.com / a:80")));
        ForwardPolicy policy = stage.forward("a.com", "/").policy();
        assertEquals(ForwardPolicy.DEFAULT.timeouts(), policy.timeouts());
        assertEquals(3, policy.retry().retriesMax());
        assertEquals(
                List.of("Ingress shop/web: InvalidAnnotation: annotation fairlead.io/connect-timeout: "
                        + "'soon' is not a duration such as 90s or 1m30s"),
                stage.problems());
    }

    @Test
    void oneThatIsNotThereIsNamed() {
        stage.apply(ingress(
                "shop/web",
                annotated("ssl-redirct", "true").replace("{", "{nginx.ingress.kubernetes.io/rewrite-target: /, "),
                rules("a.com / a:80")));
        assertEquals("a:80", stage.secure("a.com", "/"));
        assertEquals(
                List.of("Ingress shop/web: UnknownAnnotation: there is no annotation 'fairlead.io/ssl-redirct'"),
                stage.problems());
    }

    @Test
    void theyActOnTheirOwnIngressOnly() {
        stage.apply(
                ingress("shop/one", annotated("body-size-max", "8m"), rules("a.com /one a:80")),
                ingress("shop/two", rules("a.com /two a:80")));
        assertEquals(8 << 20, stage.forward("a.com", "/one").policy().bodyBytesMax());
        assertEquals(0, stage.forward("a.com", "/two").policy().bodyBytesMax());
    }

    @Test
    void rewritesAreForPathsAndNotForDefaults() {
        stage.apply(ingress(
                "shop/web",
                annotated("rewrite-prefix", "/v1"),
                rules("a.com /api a:80 =/exact a:80") + ", " + Texts.defaultBackend("a:80")));
        assertEquals(new PathRewrite.Prefix("/v1"), rewrite("/api/x"));
        assertEquals(new PathRewrite.Whole("/v1"), rewrite("/exact"));
        assertEquals(new PathRewrite.Keep(), rewrite("/other"));
        stage.apply(ingress("shop/web", annotated("rewrite-path", "/index?x=1"), rules("a.com /api a:80")));
        assertEquals(new PathRewrite.Whole("/index?x=1"), rewrite("/api"));
    }

    private PathRewrite rewrite(String path) {
        return stage.forward("a.com", path).policy().request().path();
    }

    @ParameterizedTest
    @CsvSource({
        // The port's appProtocol, the annotation, the protocol.
        "'', '', HTTP1",
        "http, '', HTTP1",
        "https, '', HTTPS",
        "kubernetes.io/h2c, '', H2C",
        "kubernetes.io/ws, '', HTTP1",
        "kubernetes.io/wss, '', HTTPS",
        "grpc, '', H2C",
        "grpcs, '', H2_TLS",
        "mysql, '', HTTP1",
        "https, HTTP, HTTP1",
        "'', HTTPS, HTTPS",
        "'', H2C, H2C",
        "'', H2, H2_TLS",
        "'', GRPC, H2C",
        "'', grpcs, H2_TLS",
    })
    void protocolsAreThePortsUnlessTheIngressSaysOtherwise(
            String appProtocol, String annotation, BackendConnection.Protocol protocol) {
        String port = appProtocol.isEmpty() ? "" : ", appProtocol: " + appProtocol;
        stage.apply(
                service("shop/web", "clusterIP: 172.30.0.1, ports: [{name: p, port: 443" + port + "}]"),
                ingress(
                        "shop/web",
                        annotation.isEmpty() ? "" : annotated("backend-protocol", annotation),
                        rules("a.com / web:p")));
        assertEquals(protocol, connection().protocol());
        assertEquals(
                protocol.tls() ? new BackendTls.Unverified("web.shop.svc") : new BackendTls.Off(),
                connection().tls());
    }

    private BackendConnection connection() {
        return stage.forward("a.com", "/").policy().connection();
    }

    @Test
    void certificatesOfBackendsAreVerifiedIfItIsSaid() {
        var wellKnown = new BackendTls.Authority.WellKnown();
        var ofSecret = new BackendTls.Authority.OfSecret(new ObjectName("shop", "ca"));
        assertEquals(new BackendTls.Verified("a.shop.svc", wellKnown), backendTls("backend-tls-verify", "true"));
        assertEquals(new BackendTls.Verified("a.shop.svc", ofSecret), backendTls("backend-tls-ca-secret", "ca"));
        assertEquals(
                new BackendTls.Verified("x.example.com", ofSecret),
                backendTls("backend-tls-ca-secret", "ca", "backend-tls-server-name", "X.example.com"));
        assertEquals(
                new BackendTls.Unverified("x.example.com"), backendTls("backend-tls-server-name", "x.example.com"));
        stage.apply(ingress(
                "shop/web",
                annotated("backend-tls-verify", "false", "backend-tls-ca-secret", "ca"),
                rules("a.com / a:80")));
        assertEquals("503 DENIED", stage.secure("a.com", "/"), "one of the two is not meant");
    }

    private BackendTls backendTls(String... annotations) {
        String meta =
                annotated(annotations).replace("annotations: {", "annotations: {fairlead.io/backend-protocol: HTTPS, ");
        stage.apply(ingress("shop/web", meta, rules("a.com / a:80")));
        return connection().tls();
    }

    @Test
    void anExternalNameIsTheNameOfItsCertificate() {
        stage.apply(
                service("shop/web", "type: ExternalName, externalName: DB.example.com."),
                ingress("shop/web", annotated("backend-protocol", "HTTPS"), rules("a.com / web:443")));
        assertEquals(new BackendTls.Unverified("db.example.com"), connection().tls());
    }

    @Test
    void aServiceWhoseNameNoCertificateCanHoldIsRefusedAlone() {
        stage.apply(
                service("shop/a..b", "clusterIP: 172.30.0.2, ports: [{port: 80, appProtocol: https}]"),
                ingress("shop/web", rules("a.com / a:80 /odd a..b:80") + ", " + Texts.defaultBackend("a..b:80")));
        assertEquals("a:80", stage.secure("a.com", "/"));
        assertEquals("503 REFUSED_DESTINATION", stage.secure("a.com", "/odd"));
        assertEquals(
                "Ingress shop/web: DestinationRefused: a.com/odd: server name of a backend: a..b.shop.svc is not a DNS name",
                stage.problems().getFirst());
    }

    @Test
    void routesWithTheSamePolicyShareIt() {
        stage.apply(ingress("shop/web", annotated("backend-protocol", "HTTPS"), rules("a.com /a a:80 /b a:80")));
        assertSame(
                stage.forward("a.com", "/a").policy(),
                stage.forward("a.com", "/b").policy());
    }
}
