package io.fairlead.ingress.route;

import static io.fairlead.ingress.route.Routes.everything;
import static io.fairlead.ingress.route.Routes.exact;
import static io.fairlead.ingress.route.Routes.find;
import static io.fairlead.ingress.route.Routes.name;
import static io.fairlead.ingress.route.Routes.prefix;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What a table promises beside the right route: collisions, shared parts, and what a lookup costs. */
final class RouteTableTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void theFirstOfTwoForTheSamePathCounts() {
        Route first = prefix("foo.com", "/a", "first");
        Route slash = prefix("foo.com", "/a/", "slash");
        Route second = prefix("foo.com", "/a", "second");
        Route exact = exact("foo.com", "/a", "exact");
        Route exactAgain = exact("foo.com", "/%61", "exact-again");
        Route exactSlash = exact("foo.com", "/a/", "exact-slash");
        Route rest = everything("foo.com", "rest");
        Route restAgain = everything("foo.com", "rest-again");
        Route elsewhere = prefix("*.foo.com", "/a", "elsewhere");
        RouteTable table =
                RouteTable.of(List.of(first, slash, exact, second, exactAgain, exactSlash, rest, elsewhere, restAgain));
        assertEquals("first", name(table, "foo.com", "/a/b"));
        assertEquals("exact", name(table, "foo.com", "/a"));
        assertEquals("exact-slash", name(table, "foo.com", "/a/"));
        assertEquals("rest", name(table, "foo.com", "/"));
        assertEquals(
                List.of(
                        new ShadowedRoute(slash, first),
                        new ShadowedRoute(second, first),
                        new ShadowedRoute(exactAgain, exact),
                        new ShadowedRoute(restAgain, rest)),
                table.shadowed());
        assertEquals(List.of(first, exact, exactSlash, rest, elsewhere), table.routes());
    }

    @Test
    void takesOtherRoutesForSomeHosts() {
        RouteTable before = RouteTable.of(List.of(
                prefix("a.com", "/", "a"),
                prefix("b.com", "/", "b"),
                prefix("*.c.com", "/", "c"),
                everything("", "any")));
        RouteTable after = before.with(Map.of(
                HostMatch.parse("a.com"), List.of(prefix("a.com", "/x", "a-new")),
                HostMatch.parse("b.com"), List.of(),
                HostMatch.parse("*.c.com"), List.of(exact("*.c.com", "/", "c-new")),
                HostMatch.parse("d.com"), List.of(prefix("d.com", "/", "d"))));
        assertEquals("any", name(after, "a.com", "/"));
        assertEquals("a-new", name(after, "a.com", "/x"));
        assertEquals("any", name(after, "b.com", "/"));
        assertEquals("c-new", name(after, "x.c.com", "/"));
        assertEquals("d", name(after, "d.com", "/"));
        assertEquals("a", name(before, "a.com", "/x"), "the table before");
        assertEquals("404", name(after.with(Map.of(HostMatch.ANY, List.of())), "b.com", "/"));
    }

    @Test
    void refusesRoutesUnderAnotherHost() {
        List<Route> routes = List.of(prefix("a.com", "/", "a"));
        assertThrows(
                IllegalArgumentException.class, () -> RouteTable.EMPTY.with(Map.of(HostMatch.parse("b.com"), routes)));
    }

    @Test
    void findsEachOfManyHostsAndPaths() {
        List<Route> routes = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            routes.add(prefix("app-" + i + ".example.com", "/", "host-" + i));
            routes.add(prefix("*.team-" + i + ".example.com", "/", "team-" + i));
        }
        for (int i = 0; i < 10_000; i++) {
            routes.add(
                    i % 2 == 0
                            ? prefix("big.example.com", "/api/" + i, "p" + i)
                            : exact("big.example.com", "/" + i, "p" + i));
        }
        RouteTable table = RouteTable.of(routes);
        for (int i = 0; i < 1_000; i++) {
            assertEquals("host-" + i, name(table, "APP-" + i + ".example.com", "/x"));
            assertEquals("team-" + i, name(table, "x.team-" + i + ".example.com", "/x"));
            assertEquals("404", name(table, "app-" + i + ".example.org", "/x"));
        }
        for (int i = 0; i < 10_000; i++) {
            assertEquals("p" + i, name(table, "big.example.com", i % 2 == 0 ? "/api/" + i + "/x" : "/" + i));
            assertEquals("404", name(table, "big.example.com", i % 2 == 0 ? "/api/x" + i : "/" + i + "/"));
        }
        assertEquals(12_000, table.routes().size());
    }

    @Test
    void theSeedChangesNoAnswer() {
        List<Route> routes = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            routes.add(prefix("h" + i + ".com", "/p" + i, "r" + i));
        }
        for (long seed : new long[] {0, 1, -1, Long.MIN_VALUE, 4711}) {
            RouteTable table = RouteTable.of(routes, seed);
            for (int i = 0; i < 50; i++) {
                assertEquals("r" + i, name(table, "h" + i + ".com", "/p" + i), "seed " + seed);
                assertEquals("404", name(table, "h" + i + ".com", "/p" + (i + 1)), "seed " + seed);
            }
        }
    }

    /** Keys of all lengths that differ in one byte, so that words and what is left behind them are both compared. */
    @Test
    void keysThatDifferInOneByteAreToldApart() {
        for (boolean lowerCase : new boolean[] {true, false}) {
            ByteKeys<String> keys = new ByteKeys<>(4711, lowerCase, 0);
            for (int length = 0; length < 40; length++) {
                byte[] key = bytes("k".repeat(length));
                keys.add(keys.entry(key, "value" + length));
            }
            for (int length = 0; length < 40; length++) {
                byte[] asked = bytes("ab" + "k".repeat(length) + "kk");
                assertEquals("value" + length, keys.find(asked, 2, 2 + length));
                for (int i = 0; i < length; i++) {
                    asked[2 + i] = 'K';
                    assertEquals(lowerCase ? "value" + length : null, keys.find(asked, 2, 2 + length));
                    asked[2 + i] = 'j';
                    assertEquals(null, keys.find(asked, 2, 2 + length));
                    asked[2 + i] = 'k';
                }
            }
        }
    }

    @Test
    void keysWithTheSameHashAreToldApart() {
        for (int length = 1; length < 40; length++) {
            byte[] asked = bytes("k".repeat(length));
            for (int i = 0; i < length; i++) {
                ByteKeys<String> keys = new ByteKeys<>(4711, i % 2 == 0, 0);
                int hash = keys.entry(asked, "").hash();
                byte[] other = asked.clone();
                other[i] = 'j';
                keys.add(new ByteKeys.Entry<>(other, hash, "other"));
                keys.add(new ByteKeys.Entry<>(bytes("k".repeat(length + 1)), hash, "longer"));
                assertEquals(null, keys.find(asked, 0, length), length + " bytes, another at " + i);
                keys.add(keys.entry(asked, "found"));
                assertEquals("found", keys.find(asked, 0, length), length + " bytes, another at " + i);
            }
        }
    }

    @Test
    void lowerCaseChangesNothingButCapitals() {
        for (int b = 0; b < 256; b++) {
            long expected = b >= 'A' && b <= 'Z' ? b + 0x20 : b;
            for (int shift = 0; shift < 64; shift += 8) {
                long around = 0x5a41_ff7f_005b_4080L & ~(0xffL << shift);
                long loweredAround = 0x7a61_ff7f_005b_4080L & ~(0xffL << shift);
                assertEquals(
                        loweredAround | expected << shift,
                        ByteKeys.lowerCase(around | (long) b << shift),
                        "byte " + b + " at bit " + shift);
            }
        }
    }

    /** A tenant's keys of one pattern must not lie in one run, whatever bit they differ in. */
    @Test
    void keysOfOnePatternAreSpread() {
        long seed = new SplittableRandom().nextLong();
        for (int shift = 0; shift < 6; shift++) {
            List<Route> routes = new ArrayList<>();
            for (int i = 0; i < 4_096; i++) {
                StringBuilder host = new StringBuilder("h");
                for (int bit = 0; bit < 12; bit++) {
                    host.append("a".repeat(shift))
                            .append((i >> bit & 1) == 0 ? '1' : 'q')
                            .append('.');
                }
                routes.add(prefix(host + "x", "/", "r"));
            }
            ByteKeys<Route> keys = new ByteKeys<>(seed, true, routes.size());
            Set<Integer> slots = new HashSet<>();
            for (Route route : routes) {
                byte[] key = bytes(route.host().text());
                slots.add(keys.entry(key, route).hash() & 8_191);
            }
            // Of 4,096 keys thrown at random on 8,192 slots 3,223 hit one of their own, give or take 25.
            assertTrue(slots.size() > 3_000, slots.size() + " slots for 4,096 keys, seed " + seed + ", shift " + shift);
        }
    }

    @Test
    void explainsWhoWonAndWhoLost() {
        Route winner = exact("a.foo.com", "/x/y", "winner");
        Route longer = prefix("a.foo.com", "/x/y", "longer");
        Route shorter = prefix("a.foo.com", "/", "shorter");
        Route twin = exact("a.foo.com", "/x/y", "twin");
        Route host = everything("a.foo.com", "host");
        Route any = everything("", "any");
        RouteTable table = RouteTable.of(
                List.of(shorter, winner, longer, twin, host, any, prefix("*.foo.com", "/x/y", "wildcard")));
        RouteExplanation explanation = table.explain("A.foo.com", "/x/y");
        assertEquals(winner, explanation.route());
        assertEquals(List.of(longer, shorter, host, any, twin), explanation.beaten());
        assertEquals(
                List.of(
                        "host A.foo.com: won, a rule names it",
                        "host *.foo.com: beaten, a more specific host is decided for before any path",
                        "host (any): beaten, a more specific host is decided for before any path",
                        "path a.foo.com/x/y (Ingress shop/winner, rule 0, path 0): won, it is exactly this path",
                        "path a.foo.com/x/y (Ingress shop/longer, rule 0, path 0): beaten, an exact path comes first",
                        "path a.foo.com/ (Ingress shop/shorter, rule 0, path 0): beaten, an exact path comes first",
                        "default a.foo.com (Ingress shop/host, rule 0, path 0): beaten, a route is for the path",
                        "default default (Ingress shop/any, rule 0, path 0): beaten, a route is for the path",
                        "path a.foo.com/x/y (Ingress shop/twin, rule 0, path 0): beaten, "
                                + "another route for the same host and path comes before it"),
                explanation.steps().stream().map(Object::toString).toList());
    }

    @Test
    void explainsWhyNothingMatches() {
        RouteTable table = RouteTable.of(List.of(prefix("foo.com", "/a/b", "ab")));
        RouteExplanation explanation = table.explain("foo.com", "/a/c/d");
        assertEquals(Route.NO_MATCH, explanation.route());
        assertEquals(
                List.of(
                        "host foo.com: won, a rule names it",
                        "host *.com: no match, no rule is for it",
                        "path /a/...: no match, no rule of the host goes on with this segment",
                        "default default (built in): won, no route of the host is for this path"),
                explanation.steps().stream().map(Object::toString).toList());
        assertEquals(
                List.of(
                        "host (none): no match, no rule is for it",
                        "host (any): won, no rule names the host or its wildcard",
                        "path /...: no match, no rule of the host goes on with this segment",
                        "default default (built in): won, no route of the host is for this path"),
                table.explain("", "/").steps().stream().map(Object::toString).toList());
    }

    @Test
    void lookupAllocatesNothing() {
        RouteTable table = RouteTable.of(List.of(
                prefix("foo.com", "/api/orders", "orders"),
                exact("foo.com", "/api/orders/new", "new"),
                prefix("*.bar.com", "/", "bar"),
                everything("", "any")));
        byte[] text = bytes("FOO.com|a.bar.com|b.a.bar.com|/api/orders/new|/api/orders/4711|/nothing");
        int[][] hosts = {{0, 7}, {8, 17}, {18, 29}, {0, 0}};
        int[][] paths = {{30, 45}, {46, 62}, {63, 71}, {30, 31}};
        long before = 0;
        int matched = 0;
        for (int i = 0; i < 80_000; i++) {
            if (i == 40_000) {
                before = THREADS.getCurrentThreadAllocatedBytes();
            }
            int[] host = hosts[i & 3];
            int[] path = paths[i >> 2 & 3];
            matched +=
                    table.lookup(text, host[0], host[1], text, path[0], path[1]).path() instanceof PathMatch.Everything
                            ? 0
                            : 1;
        }
        long perThousand = (THREADS.getCurrentThreadAllocatedBytes() - before) / 40;
        assertEquals(0, perThousand / 1000, "bytes for each call");
        assertEquals(80_000 * 6 / 16, matched, "2 of 4 paths of foo.com, and 4 of the wildcard");
    }

    /**
     * Counted in steps of the program it would be brittle; in time a factor of the sizes' quotient, 1,000, shows
     * clearly.
     */
    @Test
    void lookupCostsTheSameInALargeTable() {
        long small = nanosOfManyLookups(10);
        long large = nanosOfManyLookups(10_000);
        assertTrue(large < 20 * small + 1_000_000, small + " ns with 10 routes, " + large + " ns with 10,000");
    }

    private static long nanosOfManyLookups(int size) {
        List<Route> routes = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            routes.add(prefix("h" + i + ".example.com", "/", "h"));
            routes.add(prefix("big.com", "/p" + i, "p"));
        }
        RouteTable table = RouteTable.of(routes);
        byte[] host = bytes("h7.example.com");
        byte[] path = bytes("/p7/x");
        byte[] big = bytes("big.com");
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 20; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < 2_000; i++) {
                assertEquals(
                        "h",
                        table.lookup(host, 0, host.length, path, 0, path.length)
                                .source()
                                .object()
                                .name());
                assertEquals(
                        "p",
                        table.lookup(big, 0, big.length, path, 0, path.length)
                                .source()
                                .object()
                                .name());
            }
            best = Math.min(best, System.nanoTime() - start);
        }
        return best;
    }

    /** The tree ends where no rule goes on: nothing of a hostile path is read that no rule could be for. */
    @Test
    void longPathsOfManySegmentsAreLookedUp() {
        RouteTable table = RouteTable.of(List.of(prefix("", "/", "root"), prefix("", "/a".repeat(2_000), "deep")));
        assertEquals("root", name(table, "x", "/".repeat(60_000)));
        assertEquals("root", name(table, "x", "/a".repeat(1_999)));
        assertEquals("deep", name(table, "x", "/a".repeat(30_000)));
        assertEquals(
                find(table, "x", "/a".repeat(30_000)),
                table.explain("x", "/a".repeat(30_000)).route());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
