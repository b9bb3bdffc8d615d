package io.fairlead.ingress.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.ingress.proxy.front.TrustedProxies;
import io.fairlead.ingress.route.RouteAction;
import io.fairlead.ingress.route.policy.ForwardPolicy;
import io.fairlead.ingress.route.policy.PathRewrite;
import io.fairlead.ingress.upstream.UpstreamSettings;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a proxy in front that is believed says, to the backend and for the route. */
@Timeout(20)
final class FrontProxyTest {

    private final RunningProxy proxy = new RunningProxy(
            ProxySettings.DEFAULT.trusting(
                    new TrustedProxies(List.of(IpPrefix.parse("127.0.0.0/8"), IpPrefix.parse("198.51.100.0/24")))),
            UpstreamSettings.DEFAULT);
    private final ScriptedBackend backend = ScriptedBackend.echoingHeads();

    @BeforeEach
    void route() {
        proxy.to(backend);
    }

    @AfterEach
    void close() {
        proxy.close();
        backend.close();
    }

    private String seen(String... lines) {
        String[] all = new String[lines.length + 2];
        all[0] = "GET / HTTP/1.1";
        all[1] = "Host: shop.example";
        System.arraycopy(lines, 0, all, 2, lines.length);
        return proxy.ask(RawClient.head(all)).body();
    }

    private static void has(String head, String line) {
        assertTrue(head.contains("\r\n" + line + "\r\n"), () -> line + " is not in " + head);
    }

    @Test
    void findsTheClientBehindAllThatAreBelieved() {
        String head = seen("X-Forwarded-For: 6.6.6.6, 203.0.113.9, 198.51.100.7");
        has(head, "X-Forwarded-For: 6.6.6.6, 203.0.113.9, 198.51.100.7, 127.0.0.1");
        has(head, "X-Real-IP: 203.0.113.9");
    }

    @Test
    void findsTheClientInSeveralLines() {
        String head = seen("X-Forwarded-For: 6.6.6.6", "X-Forwarded-For: 203.0.113.9:4711,198.51.100.7");
        has(head, "X-Forwarded-For: 6.6.6.6, 203.0.113.9:4711,198.51.100.7, 127.0.0.1");
        has(head, "X-Real-IP: 203.0.113.9");
    }

    @Test
    void takesTheFarthestThatIsBelievedIfNobodyIsBehindIt() {
        has(seen("X-Forwarded-For: 198.51.100.8, 198.51.100.7"), "X-Real-IP: 198.51.100.8");
        has(seen("X-Forwarded-For: unknown, 198.51.100.7"), "X-Real-IP: 198.51.100.7");
        has(seen("X-Forwarded-For: "), "X-Real-IP: 127.0.0.1");
        has(seen(), "X-Forwarded-For: 127.0.0.1");
    }

    @Test
    void passesWhatItSaysOfTheConnection() {
        String head = seen(
                "X-Forwarded-Proto: https",
                "X-Forwarded-Port: 8443",
                "X-Forwarded-Host: www.example",
                "X-Request-ID: front-1");
        has(head, "X-Forwarded-Proto: https");
        has(head, "X-Forwarded-Port: 8443");
        has(head, "X-Forwarded-Host: www.example");
        has(head, "X-Request-ID: front-1");
        assertFalse(head.contains("X-Forwarded-Proto: http\r\n"), head);
        String without = seen();
        has(without, "X-Forwarded-Proto: http");
        has(without, "X-Forwarded-Host: shop.example");
    }

    @Test
    void redirectsOnlyWhoCameToTheFrontWithoutTls() {
        RouteAction forbid = new RouteAction.Respond(403, RouteAction.Reason.DENIED, "not here");
        RouteAction redirect = new RouteAction.Redirect(308, RouteAction.Scheme.HTTPS, "", 0, new PathRewrite.Keep());
        proxy.route("secure.example", "/", forbid, redirect);
        String ask = "GET /a HTTP/1.1\r\nHost: secure.example\r\nX-Forwarded-Proto: ";
        assertEquals(403, proxy.ask(ask + "https\r\n\r\n").status());
        assertEquals(403, proxy.ask(ask + "http, HTTPS\r\n\r\n").status());
        assertEquals("https://secure.example/a", proxy.ask(ask + "http\r\n\r\n").field("Location"));
        assertEquals(
                "https://secure.example/a",
                proxy.ask(ask + "https, http\r\n\r\n").field("Location"));
    }

    /** Whoever is not named may say what it likes. */
    @Test
    void believesNobodyElse() {
        try (RunningProxy other = new RunningProxy(
                ProxySettings.DEFAULT.trusting(new TrustedProxies(List.of(IpPrefix.parse("198.51.100.0/24")))),
                UpstreamSettings.DEFAULT)) {
            other.route("", "/", ForwardPolicy.DEFAULT, backend);
            String head = other.ask(RawClient.head("GET / HTTP/1.1", "Host: a", "X-Forwarded-For: 6.6.6.6"))
                    .body();
            has(head, "X-Forwarded-For: 127.0.0.1");
            assertFalse(head.contains("6.6.6.6"), head);
        }
    }
}
