package io.fairlead.ingress.route.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.model.ObjectName;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What policies accept, what they refuse, and that a refusal names it. */
final class PolicyTest {

    @Test
    void changesOnePartAtATime() {
        Timeouts timeouts = new Timeouts(1, 2, 3);
        RequestEdits request = new RequestEdits(new PathRewrite.Whole("/a?b"), "foo.com:80", HeaderEdits.NONE);
        HeaderEdits response = new HeaderEdits(List.of("Server"), List.of(), List.of());
        LoadBalancing balancing = new LoadBalancing(LoadBalancing.Algorithm.ROUND_ROBIN, new StickySession.Off());
        BackendConnection connection = new BackendConnection(BackendConnection.Protocol.H2C, new BackendTls.Off());
        ForwardPolicy changed = ForwardPolicy.DEFAULT
                .withTimeouts(timeouts)
                .withBodyBytesMax(4)
                .withRequest(request)
                .withResponseHeaders(response)
                .withBalancing(balancing)
                .withRetry(RetryPolicy.NONE)
                .withConnection(connection);
        assertEquals(
                new ForwardPolicy(timeouts, 4, request, response, balancing, RetryPolicy.NONE, connection), changed);
        assertThrows(IllegalArgumentException.class, () -> ForwardPolicy.DEFAULT.withBodyBytesMax(-1));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 1",
        "600001, 0, 1",
        "1, -1, 1",
        "1, 86400001, 1",
        "1, 0, 0",
        "1, 0, 86400001",
        "-1, 0, 1",
    })
    void limitsTimeouts(long connect, long request, long idle) {
        assertThrows(IllegalArgumentException.class, () -> new Timeouts(connect, request, idle));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection",
                "content-length",
                "EXPECT",
                "Host",
                "HTTP2-Settings",
                "Keep-Alive",
                "Proxy-Authenticate",
                "Proxy-Authorization",
                "Proxy-Connection",
                "TE",
                "Trailer",
                "Transfer-Encoding",
                "Upgrade"
            })
    void leavesFramingToTheProxy(String name) {
        assertEquals(
                "header " + name + ": the proxy itself sets it",
                assertThrows(IllegalArgumentException.class, () -> new HeaderField(name, "x"))
                        .getMessage());
        assertThrows(IllegalArgumentException.class, () -> new HeaderEdits(List.of(name), List.of(), List.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a:", ":path", "a\r", "a\n", "a\0", "é", "a,b", "a;b", "a\"", "(a)", "a/b"})
    void refusesNamesThatAreNoTokens(String name) {
        assertThrows(IllegalArgumentException.class, () -> new HeaderField(name, "x"));
        assertThrows(IllegalArgumentException.class, () -> new HeaderEdits(List.of(name), List.of(), List.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nb: c", "a\nb", "a\rb", "a\0b", "a\u007fb", "é", " a", "a ", "\ta", "a\t", " "})
    void refusesValuesThatEndALine(String value) {
        assertTrue(String.valueOf(assertThrows(IllegalArgumentException.class, () -> new HeaderField("X-Y", value))
                        .getMessage())
                .startsWith("header X-Y: its value "));
    }

    @Test
    void acceptsEveryTokenAndVisibleValue() {
        assertEquals("!#$%&'*+-.^_`|~0aZ", new HeaderField("!#$%&'*+-.^_`|~0aZ", "").name());
        StringBuilder visible = new StringBuilder("x \t");
        for (char c = '!'; c < 0x7f; c++) {
            visible.append(c);
        }
        assertEquals(visible.toString(), new HeaderField("a", visible.toString()).value());
        assertThrows(IllegalArgumentException.class, () -> new HeaderField("a", "x".repeat(8_193)));
        assertThrows(IllegalArgumentException.class, () -> new HeaderField("a".repeat(257), "x"));
    }

    @Test
    void refusesEditsThatContradictEachOther() {
        HeaderField field = new HeaderField("X-A", "1");
        HeaderField again = new HeaderField("x-a", "2");
        assertThrows(
                IllegalArgumentException.class, () -> new HeaderEdits(List.of(), List.of(field, again), List.of()));
        assertThrows(IllegalArgumentException.class, () -> new HeaderEdits(List.of("x-a"), List.of(field), List.of()));
        assertFalse(new HeaderEdits(List.of(), List.of(field), List.of(again, again)).isEmpty());
        assertTrue(HeaderEdits.NONE.isEmpty());
        List<HeaderField> many = Collections.nCopies(65, field);
        assertThrows(IllegalArgumentException.class, () -> new HeaderEdits(List.of(), List.of(), many));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "http://a/", "/a b", "/a\r\nX: y", "/é", "/%zz", "/a#b", "/.."})
    void rewritesOnlyToPaths(String path) {
        assertThrows(IllegalArgumentException.class, () -> new PathRewrite.Whole(path));
        assertThrows(IllegalArgumentException.class, () -> new PathRewrite.Prefix(path));
    }

    @Test
    void aPrefixHasNoQuery() {
        assertEquals("/a?b", new PathRewrite.Whole("/a?b").path());
        assertThrows(IllegalArgumentException.class, () -> new PathRewrite.Prefix("/a?b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a,b", "a\r\nb", "user@a", ":80", "a:99999"})
    void sendsOnlyHosts(String host) {
        assertThrows(
                IllegalArgumentException.class, () -> new RequestEdits(new PathRewrite.Keep(), host, HeaderEdits.NONE));
    }

    @ParameterizedTest
    @CsvSource({
        "'', /, 0, LAX, false",
        "a b, /, 0, LAX, false",
        "a=, /, 0, LAX, false",
        "a;, /, 0, LAX, false",
        "a, '', 0, LAX, false",
        "a, x, 0, LAX, false",
        "a, /;Domain=evil, 0, LAX, false",
        "a, /?, 0, LAX, false",
        "a, /, -1, LAX, false",
        "a, /, 34560001, LAX, false",
        "a, /, 0, NONE, false",
    })
    void refusesCookies(String name, String path, long age, StickySession.SameSite sameSite, boolean secure) {
        assertThrows(IllegalArgumentException.class, () -> new StickySession.Cookie(name, path, age, sameSite, secure));
    }

    @Test
    void acceptsCookies() {
        StickySession.Cookie cookie = new StickySession.Cookie(
                StickySession.Cookie.DEFAULT_NAME, "/a", 34_560_000, StickySession.SameSite.NONE, true);
        assertEquals("/a", cookie.path());
        assertThrows(
                IllegalArgumentException.class,
                () -> new StickySession.Cookie("a".repeat(65), "/", 0, StickySession.SameSite.UNSET, false));
    }

    @Test
    void retriesTheStatusesThatAreListed() {
        RetryPolicy policy = new RetryPolicy(1, Set.of(), List.of(503, 502, 503), false);
        assertEquals(List.of(502, 503), policy.statuses());
        assertTrue(policy.retries(503));
        assertFalse(policy.retries(500));
        assertFalse(RetryPolicy.DEFAULT.retries(503));
        assertThrows(IllegalArgumentException.class, () -> new RetryPolicy(-1, Set.of(), List.of(), false));
        assertThrows(IllegalArgumentException.class, () -> new RetryPolicy(11, Set.of(), List.of(), false));
        assertThrows(IllegalArgumentException.class, () -> new RetryPolicy(1, Set.of(), List.of(399), false));
        assertThrows(IllegalArgumentException.class, () -> new RetryPolicy(1, Set.of(), List.of(600), false));
    }

    @Test
    void tlsAndProtocolAgree() {
        BackendTls unverified = new BackendTls.Unverified("");
        for (BackendConnection.Protocol protocol : BackendConnection.Protocol.values()) {
            BackendTls right = protocol.tls() ? unverified : new BackendTls.Off();
            BackendTls wrong = protocol.tls() ? new BackendTls.Off() : unverified;
            assertEquals(right, new BackendConnection(protocol, right).tls());
            assertThrows(IllegalArgumentException.class, () -> new BackendConnection(protocol, wrong));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a:443", "a.", "[::1]", "a,b"})
    void verifiesOnlyNames(String name) {
        BackendTls.Authority authority = new BackendTls.Authority.OfSecret(new ObjectName("a", "ca"));
        assertThrows(IllegalArgumentException.class, () -> new BackendTls.Verified(name, authority));
        assertThrows(IllegalArgumentException.class, () -> new BackendTls.Verified("", authority));
        assertThrows(IllegalArgumentException.class, () -> new BackendTls.Unverified(name));
    }
}
