package io.fairlead.ingress.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.model.ObjectName;
import io.fairlead.ingress.route.policy.ForwardPolicy;
import io.fairlead.ingress.route.policy.HeaderEdits;
import io.fairlead.ingress.route.policy.PathRewrite;
import io.fairlead.ingress.route.policy.RequestEdits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What routes, hosts, paths and actions accept. */
final class RouteModelTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "foo.com", "*.foo.com", "a-b.c1", "1a.2b", "10.0.0.1a", "xn--caf-dma.fr", ""})
    void readsHosts(String written) {
        assertEquals(written, HostMatch.parse(written).text());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "*.",
                "**.a",
                "a.*",
                "*.*.a",
                "a*.b",
                "*a.b",
                "A",
                "foo.Com",
                "a_b",
                "a..b",
                ".a",
                "a.",
                "-a",
                "a-",
                "a.-b",
                "a-.b",
                "a:80",
                "10.0.0.1",
                "*.0.0.1",
                "[::1]",
                "::1",
                "a b",
                "a/b",
                "é"
            })
    void refusesHosts(String written) {
        assertNames(written, assertThrows(IllegalArgumentException.class, () -> HostMatch.parse(written)));
    }

    @Test
    void limitsHosts() {
        String label = "a".repeat(63);
        String longest = (label + ".").repeat(3) + "a".repeat(61);
        assertEquals(longest, HostMatch.parse(longest).text());
        assertThrows(IllegalArgumentException.class, () -> HostMatch.parse(longest + "a"));
        assertThrows(IllegalArgumentException.class, () -> HostMatch.parse(label + "a"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "*", "/a/../b", "/./", "/a/%2e", "/a/.", "/..", "/%", "/a%zz", "/%00", "/..;/a"})
    void refusesPathsThatNoRequestHas(String path) {
        assertNames(path, assertThrows(IllegalArgumentException.class, () -> new PathMatch.Exact(path)));
        assertNames(path, assertThrows(IllegalArgumentException.class, () -> new PathMatch.Prefix(path)));
    }

    @Test
    void limitsPaths() {
        assertEquals(4_096, new PathMatch.Prefix("/" + "a".repeat(4_095)).text().length());
        assertThrows(IllegalArgumentException.class, () -> new PathMatch.Prefix("/" + "a".repeat(4_096)));
    }

    private static void assertNames(String written, IllegalArgumentException refusal) {
        assertTrue(String.valueOf(refusal.getMessage()).contains(written), refusal.getMessage());
    }

    @Test
    void redirectsOnlyWithWhatALocationMayHold() {
        assertEquals(
                new RouteAction.Redirect(308, RouteAction.Scheme.HTTPS, "", 0, new PathRewrite.Keep()),
                RouteAction.Redirect.toHttps(308, 0));
        for (int status : new int[] {200, 300, 304, 305, 306, 309, 400}) {
            assertThrows(IllegalArgumentException.class, () -> RouteAction.Redirect.toHttps(status, 0));
        }
        assertThrows(IllegalArgumentException.class, () -> RouteAction.Redirect.toHttps(301, 65_536));
        assertThrows(IllegalArgumentException.class, () -> RouteAction.Redirect.toHttps(301, -1));
        for (String host : new String[] {"a:80", "a b", "a\r\nb", "a/b", "user@a"}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new RouteAction.Redirect(302, RouteAction.Scheme.SAME, host, 0, new PathRewrite.Keep()));
        }
    }

    @Test
    void answersOnlyWithErrors() {
        assertThrows(
                IllegalArgumentException.class, () -> new RouteAction.Respond(200, RouteAction.Reason.NO_MATCH, ""));
        assertThrows(
                IllegalArgumentException.class, () -> new RouteAction.Respond(600, RouteAction.Reason.NO_MATCH, ""));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 65_536})
    void refusesPorts(int port) {
        assertThrows(IllegalArgumentException.class, () -> new BackendGroup(new ObjectName("a", "b"), port));
    }

    @Test
    void replacesThePrefixOnlyOfAPrefix() {
        RequestEdits edits = new RequestEdits(new PathRewrite.Prefix("/b"), "", HeaderEdits.NONE);
        RouteAction action = new RouteAction.Forward(
                new BackendGroup(new ObjectName("a", "b"), 80), ForwardPolicy.DEFAULT.withRequest(edits));
        assertSame(action, route(new PathMatch.Prefix("/a"), action).action());
        assertThrows(IllegalArgumentException.class, () -> route(new PathMatch.Exact("/a"), action));
        assertThrows(IllegalArgumentException.class, () -> route(new PathMatch.Everything(), action));
    }

    private static Route route(PathMatch path, RouteAction action) {
        return new Route(Routes.source("x"), HostMatch.ANY, path, action);
    }

    @Test
    void actsByWhetherTheRequestCameOverTls() {
        RouteAction forward = Routes.forward("a");
        RouteAction redirect = RouteAction.Redirect.toHttps(308, 0);
        Route route = new Route(Routes.source("a"), HostMatch.ANY, new PathMatch.Everything(), forward, redirect);
        assertSame(forward, route.actionFor(true));
        assertSame(redirect, route.actionFor(false));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 2, 'foo.com/bar (Ingress shop/web, rule 0, path 2)'",
        "1, -1, 'foo.com/bar (Ingress shop/web, rule 1)'",
        "-1, -1, 'foo.com/bar (Ingress shop/web)'",
    })
    void namesItself(int rule, int path, String text) {
        Route route = new Route(
                new RouteSource("Ingress", new ObjectName("shop", "web"), rule, path),
                HostMatch.parse("foo.com"),
                new PathMatch.Exact("/bar"),
                Routes.forward("a"));
        assertEquals(text, route.toString());
        assertEquals("default (built in)", Route.NO_MATCH.toString());
    }
}
