package io.fairlead.ingress.route;

import static io.fairlead.ingress.route.Routes.everything;
import static io.fairlead.ingress.route.Routes.exact;
import static io.fairlead.ingress.route.Routes.name;
import static io.fairlead.ingress.route.Routes.prefix;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What Ingress v1 says of hosts and paths: the table of the API's documentation, its rules of precedence, and
 * the host and path
 * scenarios of ingress-controller-conformance.
 */
final class IngressRulesTest {

    /**
     * Rows of the documentation: rules, request, the rule that answers. Rules are of kind Prefix unless they begin
     * with =.
     */
    @ParameterizedTest
    @CsvSource({
        "/, /, /",
        "/, /any/thing, /",
        "=/foo, /foo, =/foo",
        "=/foo, /bar, 404",
        "=/foo, /foo/, 404",
        "=/foo/, /foo, 404",
        "=/foo/, /foo/, =/foo/",
        "=/foo, /foo/bar, 404",
        "=/foo, /FOO, 404",
        "=/, /, =/",
        "=/, //, 404",
        "=/, /a, 404",
        "/foo, /foo, /foo",
        "/foo, /foo/, /foo",
        "/foo/, /foo, /foo/",
        "/foo/, /foo/, /foo/",
        "/aaa/bb, /aaa/bbb, 404",
        "/aaa/bbb, /aaa/bbb, /aaa/bbb",
        "/aaa/bbb, /aaa/bbb/, /aaa/bbb",
        "/aaa/bbb, /aaa/bbb/ccc, /aaa/bbb",
        "/aaa/bbb/, /aaa/bbb, /aaa/bbb/",
        "/aaa/bbb/, /aaa/bbb/, /aaa/bbb/",
        "/aaa/bbb, /aaa/bbbxyz, 404",
        "/ /aaa, /aaa/ccc, /aaa",
        "/ /aaa, /ccc, /",
        "/aaa /, /aaa/ccc, /aaa",
        "/aaa /aaa/bbb, /aaa/bbb, /aaa/bbb",
        "/ /aaa /aaa/bbb, /aaa/bbb, /aaa/bbb",
        "/ /aaa /aaa/bbb, /aaa/ccc, /aaa",
        "/ /aaa /aaa/bbb, /ccc, /",
        "/aaa default, /ccc, default",
        "/aaa default, /, default",
        "/aaa default, /aaa, /aaa",
        "/foo =/foo, /foo, =/foo",
        "=/foo /foo, /foo, =/foo",
        "=/foo /foo, /foo/, /foo",
        // A slash at a prefix's end means nothing, so it makes no prefix longer than an exact path either.
        "/foo/ =/foo, /foo, =/foo",
        "/foo/ =/foo, /foo/, /foo/",
        "/foo =/foo/, /foo/, =/foo/",
        "/foo =/foo/, /foo/bar, /foo",
        "/foo =/foo/bar, /foo/bar, =/foo/bar",
        "/foo/bar =/foo, /foo/bar, /foo/bar",
        "=/ /, /, =/",
        "=/ /, /a, /",
    })
    void matchesAsDocumented(String rules, String path, String answer) {
        assertEquals(answer, answer("foo.com", rules, path));
        assertEquals(answer, answer("", rules, path), "for any host");
        List<String> reversed = Arrays.asList(rules.split(" ", -1));
        Collections.reverse(reversed);
        assertEquals(answer, answer("foo.com", String.join(" ", reversed), path), "in reverse");
    }

    /** Names of features and scenarios: github.com/kubernetes-sigs/ingress-controller-conformance, path_rules. */
    @ParameterizedTest
    @CsvSource({
        // An Ingress with exact path rules.
        "=/foo, /foo, =/foo",
        "=/foo, /foo/, 404",
        "=/foo, /FOO, 404",
        "=/foo, /bar, 404",
        // With prefix path rules.
        "/foo, /foo, /foo",
        "/foo, /foo/, /foo",
        "/foo, /FOO, 404",
        "/aaa/bbb, /aaa/bbb, /aaa/bbb",
        "/aaa/bbb, /aaa/bbb/ccc, /aaa/bbb",
        "/aaa /aaa/bbb, /aaa/ccc, /aaa",
        "/aaa /aaa/bbb, /aaaccc, 404",
        "/foo/, /foo, /foo/",
        // With mixed path rules.
        "=/foo /foo, /foo, =/foo",
        "/aaa/bbb/, /aaa/bbb, /aaa/bbb/",
        "/aaa/bbb/, /aaa/bbb/, /aaa/bbb/",
        "=/foo/, /foo, 404",
    })
    void passesThePathScenariosOfTheConformanceSuite(String rules, String path, String answer) {
        assertEquals(answer, answer("exact-path-rules", rules, path));
    }

    private static String answer(String host, String rules, String path) {
        List<Route> routes = new ArrayList<>();
        for (String rule : rules.split(" ", -1)) {
            if (rule.equals("default")) {
                routes.add(everything("", rule));
            } else if (rule.startsWith("=")) {
                routes.add(exact(host, rule.substring(1), rule));
            } else {
                routes.add(prefix(host, rule, rule));
            }
        }
        return name(RouteTable.of(routes), host.isEmpty() ? "some.host" : host, path);
    }

    @ParameterizedTest
    @CsvSource({
        // A precise host; letters of any case.
        "foo.com, /, exact",
        "FOO.Com, /, exact",
        "bar.com, /, 404",
        "oo.com, /, 404",
        "xfoo.com, /, 404",
        "foo.co, /, 404",
        "foo.comx, /, 404",
        // One label, and neither none nor two.
        "a.bar.com, /, wildcard",
        "A.BAR.COM, /, wildcard",
        "bar.com, /, 404",
        "b.a.bar.com, /, 404",
        "abar.com, /, 404",
        "b.precise.bar.com, /, 404",
        // A precise host beats a wildcard, and paths do not change that.
        "precise.bar.com, /precise, precise",
        "precise.bar.com, /, 404",
        "precise.bar.com, /precise/x, precise",
        // A wildcard below a wildcard.
        "a.deep.bar.com, /, deep",
        "deep.bar.com, /, wildcard",
    })
    void matchesHostsAsDocumented(String host, String path, String answer) {
        RouteTable table = RouteTable.of(List.of(
                prefix("foo.com", "/", "exact"),
                prefix("*.bar.com", "/", "wildcard"),
                prefix("*.deep.bar.com", "/", "deep"),
                prefix("precise.bar.com", "/precise", "precise")));
        assertEquals(answer, name(table, host, path));
    }

    @ParameterizedTest
    @CsvSource({
        "foo.com, /a, foo-a",
        "foo.com, /b, foo-default",
        // The paths of any host are not for those that have rules of their own, even without a default.
        "foo.com, /any, foo-default",
        "bar.com, /any, table-default",
        "bar.com, /a, bar-a",
        "x.baz.com, /any, table-default",
        "other.com, /any, any",
        "other.com, /, table-default",
        "'', /any, any",
        "'', /, table-default",
        // Not a path, so of no prefix: OPTIONS *.
        "foo.com, *, foo-default",
        "root.com, *, table-default",
        "root.com, /, root",
        // A rule without paths.
        "none.com, /any, none",
    })
    void decidesTheHostBeforeThePath(String host, String path, String answer) {
        RouteTable table = RouteTable.of(List.of(
                prefix("foo.com", "/a", "foo-a"),
                everything("foo.com", "foo-default"),
                exact("bar.com", "/a", "bar-a"),
                exact("*.baz.com", "/a", "baz-a"),
                prefix("root.com", "/", "root"),
                everything("none.com", "none"),
                exact("", "/any", "any"),
                everything("", "table-default")));
        assertEquals(answer, name(table, host, path));
    }

    @Test
    void saysThatNothingMatchesWithoutADefault() {
        assertEquals(Route.NO_MATCH, Routes.find(RouteTable.EMPTY, "foo.com", "/"));
        assertEquals(Route.NO_MATCH, Routes.find(RouteTable.EMPTY, "", "*"));
        assertEquals("404", name(RouteTable.of(List.of(prefix("foo.com", "/", "foo"))), "bar.com", "/"));
    }

    @Test
    void emptySegmentsAreSegments() {
        RouteTable table =
                RouteTable.of(List.of(prefix("", "/a", "a"), prefix("", "/a//b", "b"), exact("", "//", "slash")));
        assertEquals("b", name(table, "x", "/a//b/c"));
        assertEquals("a", name(table, "x", "/a//bc"));
        assertEquals("a", name(table, "x", "/a/b"));
        assertEquals("404", name(table, "x", "//a"));
        assertEquals("slash", name(table, "x", "//"));
        assertEquals("404", name(table, "x", "/"));
        assertEquals("404", name(table, "x", "///"));
    }

    /** Rules are written by people, requests by clients, and both in the one normal form. */
    @ParameterizedTest
    @CsvSource({
        "/café, /caf%C3%A9",
        "/caf%c3%a9, /caf%C3%A9",
        "/a b, /a%20b",
        "/%61, /a",
        "/a?b, /a%3Fb",
        "/a#b, /a%23b",
        "/a%2fb, /a%2Fb",
        "/[id], /%5Bid%5D",
        "/~user, /~user",
    })
    void readsRulesInTheFormOfRequests(String rule, String path) {
        assertEquals("rule", name(RouteTable.of(List.of(exact("", rule, "rule"))), "x", path));
        assertEquals("rule", name(RouteTable.of(List.of(prefix("", rule, "rule"))), "x", path + "/x"));
    }
}
