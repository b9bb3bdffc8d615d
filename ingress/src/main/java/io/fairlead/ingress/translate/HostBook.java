package io.fairlead.ingress.translate;

import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.ingress.resource.IngressKinds;
import io.fairlead.ingress.route.HostMatch;
import io.fairlead.ingress.route.PathMatch;
import io.fairlead.ingress.route.Route;
import io.fairlead.ingress.route.RouteTable;
import io.fairlead.ingress.route.ShadowedRoute;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * Who speaks of which host, and what comes of it: routes, TLS, and who did not get his way.
 *
 * <p>Confined to the translator's thread.
 */
final class HostBook {

    private final IngressSettings.Redirects redirects;
    private final Map<HostMatch, SortedMap<Precedence, IngressPart>> hosts = new HashMap<>();

    /** As the table has them. */
    private final Map<HostMatch, List<Route>> routes = new HashMap<>();

    /** Hosts that rules name without giving them anything: they have what the table's default is. */
    private final Set<HostMatch> bare = new HashSet<>();

    private final Losers tlsLosers = new Losers();
    private final Losers pathLosers = new Losers();

    private PMap<HostMatch, HostTls> tls = HashTreePMap.empty();
    private RouteTable table = RouteTable.EMPTY;
    private Route tableDefault = Route.NO_MATCH;

    // Since the last rebuild.
    private final Set<HostMatch> touched = new HashSet<>();

    HostBook(IngressSettings.Redirects redirects) {
        this.redirects = redirects;
    }

    /**
     * What a rebuild changed.
     *
     * <p>Immutable.
     *
     * @param losers Ingresses with other problems than before
     */
    record Rebuilt(boolean routes, Set<HostMatch> tls, Set<ObjectName> losers) {}

    RouteTable table() {
        return table;
    }

    PMap<HostMatch, HostTls> tls() {
        return tls;
    }

    void add(IngressPart part) {
        for (HostMatch host : part.hosts()) {
            hosts.computeIfAbsent(host, _ -> new TreeMap<>()).put(part.precedence(), part);
            touched.add(host);
        }
    }

    void remove(IngressPart part) {
        for (HostMatch host : part.hosts()) {
            hosts.computeIfPresent(host, (_, parts) -> {
                parts.remove(part.precedence());
                return parts.isEmpty() ? null : parts;
            });
            touched.add(host);
        }
    }

    /** What is wrong with this Ingress for this host, because others come before it. */
    List<Problem> problems(HostMatch host, ObjectName ingress) {
        List<Problem> ofTls = tlsLosers.of(host, ingress);
        List<Problem> ofPaths = pathLosers.of(host, ingress);
        if (ofTls.isEmpty()) {
            return ofPaths;
        }
        List<Problem> problems = new ArrayList<>(ofTls);
        problems.addAll(ofPaths);
        return problems;
    }

    /** Decides anew about the hosts of what was added and removed. */
    Rebuilt rebuild() {
        Set<HostMatch> tlsChanged = new HashSet<>();
        Set<ObjectName> losers = new HashSet<>();
        Set<HostMatch> affected = new HashSet<>(touched);
        for (HostMatch host : touched) {
            TlsChoice choice = TlsChoice.of(host, parts(host));
            HostTls before = tls.get(host);
            HostTls now = choice.tls();
            losers.addAll(tlsLosers.replace(host, choice.problems()));
            if (now == null ? before != null : !now.equals(before)) {
                tls = now == null ? tls.minus(host) : tls.plus(host, now);
                tlsChanged.add(host);
            }
            if (host instanceof HostMatch.OneLabel wildcard && (now == null) != (before == null)) {
                affected.addAll(coveredBy(wildcard));
            }
        }
        touched.clear();
        Map<HostMatch, List<Route>> changed = assemble(affected);
        if (!changed.isEmpty()) {
            table = table.with(changed);
        }
        changed.keySet().forEach(host -> losers.addAll(pathLosers.replace(host, conflicts(host))));
        return new Rebuilt(!changed.isEmpty(), tlsChanged, losers);
    }

    private Collection<IngressPart> parts(HostMatch host) {
        SortedMap<Precedence, IngressPart> parts = hosts.get(host);
        return parts == null ? List.of() : parts.values();
    }

    private List<HostMatch> coveredBy(HostMatch.OneLabel wildcard) {
        return hosts.keySet().stream()
                .filter(host -> wildcard.equals(wildcardOf(host)))
                .toList();
    }

    /** The wildcard that a name is one of; what is no name stands for itself. */
    private static HostMatch wildcardOf(HostMatch host) {
        int dot = host.text().indexOf('.');
        return host instanceof HostMatch.Exact && dot > 0
                ? new HostMatch.OneLabel(host.text().substring(dot + 1))
                : host;
    }

    /** All routes of those of these hosts that have other ones than before; more hosts if the table's default changes. */
    private Map<HostMatch, List<Route>> assemble(Set<HostMatch> affected) {
        Map<HostMatch, List<Route>> changed = new LinkedHashMap<>();
        if (affected.remove(HostMatch.ANY)) {
            assemble(HostMatch.ANY, changed);
            Route former = tableDefault;
            tableDefault = defaultOf(routes.getOrDefault(HostMatch.ANY, List.of()));
            if (!former.action().equals(tableDefault.action())) {
                affected.addAll(bare);
            }
        }
        affected.forEach(host -> assemble(host, changed));
        return changed;
    }

    private void assemble(HostMatch host, Map<HostMatch, List<Route>> changed) {
        boolean hasTls = tls.containsKey(host) || tls.containsKey(wildcardOf(host));
        Collection<IngressPart> parts = parts(host);
        List<Route> now = new HostRoutesPlan(host, hasTls, redirects).of(parts, tableDefault);
        if (!now.isEmpty() && isBare(host, parts)) {
            bare.add(host);
        } else {
            bare.remove(host);
        }
        List<Route> before = now.isEmpty() ? routes.remove(host) : routes.put(host, now);
        if (!now.equals(before == null ? List.of() : before)) {
            changed.put(host, now);
        }
    }

    private static boolean isBare(HostMatch host, Collection<IngressPart> parts) {
        for (IngressPart part : parts) {
            if (!part.routes().getOrDefault(host, List.of()).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private static Route defaultOf(List<Route> routes) {
        for (Route route : routes) {
            if (route.path() instanceof PathMatch.Everything) {
                return route;
            }
        }
        return Route.NO_MATCH;
    }

    /** An Ingress that says the same twice, as with {@code /foo} and {@code /foo/}, has nothing to worry about. */
    private List<Problem> conflicts(HostMatch host) {
        List<Problem> problems = new ArrayList<>();
        for (ShadowedRoute shadowed : table.shadowed(host)) {
            Route loser = shadowed.loser();
            Route winner = shadowed.winner();
            boolean own = loser.source().object().equals(winner.source().object());
            boolean ofDefault = loser.source().equals(Route.NO_MATCH.source());
            if (!ofDefault && !(own && loser.action().equals(winner.action()))) {
                problems.add(new Problem(
                        new ObjectKey(
                                IngressKinds.INGRESS.kind(), loser.source().object()),
                        ProblemReason.PATH_CONFLICT,
                        loser + " gets no requests: " + winner.source() + (own ? " comes before it" : " is older")
                                + " and has them"));
            }
        }
        return problems;
    }

    /**
     * What is wrong with whom, host by host.
     *
     * <p>Confined to the translator's thread.
     */
    private static final class Losers {

        private final Map<HostMatch, Map<ObjectName, List<Problem>>> byHost = new HashMap<>();

        List<Problem> of(HostMatch host, ObjectName ingress) {
            return byHost.getOrDefault(host, Map.of()).getOrDefault(ingress, List.of());
        }

        /** Returns whose problems differ. */
        Set<ObjectName> replace(HostMatch host, List<Problem> problems) {
            if (problems.isEmpty() && !byHost.containsKey(host)) {
                return Set.of();
            }
            Map<ObjectName, List<Problem>> now = new HashMap<>();
            for (Problem problem : problems) {
                now.computeIfAbsent(problem.object().name(), _ -> new ArrayList<>())
                        .add(problem);
            }
            Map<ObjectName, List<Problem>> before = now.isEmpty() ? byHost.remove(host) : byHost.put(host, now);
            Set<ObjectName> names = new HashSet<>(now.keySet());
            names.addAll(before == null ? Set.of() : before.keySet());
            names.removeIf(name ->
                    before != null && now.getOrDefault(name, List.of()).equals(before.getOrDefault(name, List.of())));
            return names;
        }
    }
}
