package io.fairlead.ingress.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** On random tables lookup, explanation and a slow reading of the rules on strings say the same. */
final class RouteTablePropertyTest {

    private static final String[] HOSTS = {
        "", "com", "a.com", "b.com", "*.com", "*.a.com", "b.a.com", "*.b.a.com", "c.b.a.com", "a"
    };
    private static final String[] SEGMENTS = {"a", "b", "ab", "", "a", "%2F"};

    @Test
    void lookupExplanationAndTheRulesAgree() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Set<String> outcomes = new HashSet<>();
        for (int round = 0; round < 1_500; round++) {
            List<Route> routes = randomRoutes(random);
            RouteTable table = RouteTable.of(routes);
            for (int i = 0; i < 20; i++) {
                String host = randomHost(random);
                String path = random.nextInt(40) == 0 ? "*" : randomPath(random);
                Supplier<@Nullable String> about = () -> "seed " + seed + ", " + host + path + ", " + routes;
                List<Route> expected = slow(routes, host, path);
                Route found = Routes.find(table, host, path);
                assertSame(expected.getFirst(), found, about);
                RouteExplanation explanation = table.explain(host, path);
                assertSame(found, explanation.route(), about);
                assertEquals(Set.copyOf(expected.subList(1, expected.size())), Set.copyOf(explanation.beaten()), about);
                long won = explanation.steps().stream()
                        .filter(step -> step.outcome() == RouteExplanation.Outcome.WON)
                        .count();
                assertEquals(2, won, () -> "one host and one route win; " + about.get() + explanation.steps());
                outcomes.add(found.host().getClass().getSimpleName()
                        + found.path().getClass().getSimpleName());
            }
        }
        // Each kind of host with each kind of path has won, or the test tests too little.
        assertEquals(9, outcomes.size(), "seed " + seed + ": " + outcomes);
    }

    @Test
    void aTableThatChangesIsTheTableFromScratch() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int routesSeen = 0;
        for (int round = 0; round < 500; round++) {
            Map<HostMatch, List<Route>> state = new HashMap<>();
            RouteTable changing = RouteTable.EMPTY;
            for (int change = 0; change < 5; change++) {
                Map<HostMatch, List<Route>> changed = new HashMap<>();
                for (Route route : randomRoutes(random)) {
                    changed.computeIfAbsent(route.host(), host -> new ArrayList<>())
                            .add(route);
                }
                changed.put(HostMatch.parse(HOSTS[random.nextInt(HOSTS.length)]), List.of());
                state.putAll(changed);
                changing = changing.with(changed);
            }
            RouteTable scratch =
                    RouteTable.of(state.values().stream().flatMap(List::stream).toList());
            assertEquals(Set.copyOf(scratch.routes()), Set.copyOf(changing.routes()), "seed " + seed);
            assertEquals(Set.copyOf(scratch.shadowed()), Set.copyOf(changing.shadowed()), "seed " + seed);
            routesSeen += scratch.routes().size();
            for (int i = 0; i < 30; i++) {
                String host = randomHost(random);
                String path = randomPath(random);
                assertSame(Routes.find(scratch, host, path), Routes.find(changing, host, path), "seed " + seed);
            }
        }
        assertTrue(routesSeen > 1_000, "seed " + seed);
    }

    private static List<Route> randomRoutes(Random random) {
        List<Route> routes = new ArrayList<>();
        int count = random.nextInt(25);
        for (int i = 0; i < count; i++) {
            String path = randomPath(random);
            PathMatch match = switch (random.nextInt(5)) {
                case 0, 1 -> new PathMatch.Exact(path);
                case 2, 3 -> new PathMatch.Prefix(path);
                default -> new PathMatch.Everything();
            };
            routes.add(Routes.route(HOSTS[random.nextInt(HOSTS.length)], match, "r" + i));
        }
        return routes;
    }

    private static String randomPath(Random random) {
        StringBuilder path = new StringBuilder();
        int segments = 1 + random.nextInt(4);
        for (int i = 0; i < segments; i++) {
            path.append('/').append(SEGMENTS[random.nextInt(SEGMENTS.length)]);
        }
        return path.toString();
    }

    private static String randomHost(Random random) {
        String host = HOSTS[random.nextInt(HOSTS.length)].replace("*", "x");
        String longer = random.nextInt(4) == 0 ? "y." + host : host;
        return random.nextBoolean() ? longer.toUpperCase(Locale.ROOT) : longer;
    }

    /**
     * All routes of the host that counts that are for the path, best first, with the table's default and the
     * winner's losers.
     */
    private static List<Route> slow(List<Route> routes, String host, String path) {
        HostMatch best = routes.stream()
                .map(Route::host)
                .filter(match -> isFor(match, host))
                .min(Comparator.comparingInt(RouteTablePropertyTest::rank))
                .orElse(HostMatch.ANY);
        List<Route> matching = new ArrayList<>(routes.stream()
                .filter(route -> route.host().equals(best) && isFor(route.path(), path))
                .toList());
        // The sort is stable: of two for the same path the first stays before the other one.
        matching.sort(Comparator.comparingInt(RouteTablePropertyTest::rank));
        List<Route> result = new ArrayList<>();
        for (Route route : matching) {
            boolean first = result.stream().noneMatch(other -> rank(other) == rank(route));
            boolean loserOfTheWinner = !first && rank(route) == rank(matching.getFirst());
            if (first || loserOfTheWinner) {
                result.add(route);
            }
        }
        routes.stream()
                .filter(route -> route.host() instanceof HostMatch.Any && route.path() instanceof PathMatch.Everything)
                .findFirst()
                .filter(fallback -> !result.contains(fallback))
                .ifPresent(result::add);
        return result.isEmpty() ? List.of(Route.NO_MATCH) : result;
    }

    private static boolean isFor(HostMatch match, String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return switch (match) {
            case HostMatch.Exact exact -> name.equals(exact.text());
            case HostMatch.OneLabel wildcard ->
                name.endsWith("." + wildcard.suffix())
                        && name.length() > wildcard.suffix().length() + 1
                        && name.lastIndexOf(
                                        '.', name.length() - wildcard.suffix().length() - 2)
                                < 0;
            case HostMatch.Any ignored -> true;
        };
    }

    private static int rank(HostMatch match) {
        return switch (match) {
            case HostMatch.Exact ignored -> 0;
            case HostMatch.OneLabel ignored -> 1;
            case HostMatch.Any ignored -> 2;
        };
    }

    private static boolean isFor(PathMatch match, String path) {
        return switch (match) {
            case PathMatch.Exact exact -> path.equals(exact.text());
            case PathMatch.Prefix prefix ->
                path.equals(withoutSlash(prefix.text())) || path.startsWith(withoutSlash(prefix.text()) + "/");
            case PathMatch.Everything ignored -> true;
        };
    }

    /** Two routes for one request have the same rank only if they are for the same path. */
    private static int rank(Route route) {
        return switch (route.path()) {
            case PathMatch.Exact exact -> -2 * exact.text().length() - 1;
            case PathMatch.Prefix prefix -> -2 * withoutSlash(prefix.text()).length();
            case PathMatch.Everything ignored -> 1;
        };
    }

    private static String withoutSlash(String prefix) {
        return prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
    }
}
