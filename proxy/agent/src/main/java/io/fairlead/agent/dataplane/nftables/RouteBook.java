package io.fairlead.agent.dataplane.nftables;

import io.fairlead.agent.dataplane.Counts;
import io.fairlead.agent.plan.Routing;
import io.fairlead.kernel.nft.NftChain;
import io.fairlead.kernel.nft.NftVerdict;
import java.util.LinkedHashSet;
import java.util.SequencedSet;

/**
 * Routes that frontends share: one chain per way of routing and number of backends, as long as somebody uses it.
 *
 * <p>A chain that refers to a map makes the kernel look at every element of the map when it comes
 * (nf_tables_bind_set, some 15 ms for 50,000). A Service that gains or loses an endpoint must not cost that. So the
 * chains for small numbers of backends come together, at a cold start while the maps are still empty; and those for
 * larger numbers stay for a while when nobody uses them, since a Service that has one endpoint more for a moment soon
 * has it again.
 *
 * <p>Confined to the proxy loop's thread.
 */
final class RouteBook {

    /** Up to so many backends the chains of a way of routing come and go together. */
    private static final int POOL_MAX = 16;

    /** So many chains stay that nobody uses. */
    private static final int IDLE_MAX = 64;

    private final Layout layout;
    private final Structure structure;
    private final Counts<Structure.Route> users = new Counts<>();
    /** Users of a chain, or of the first chain of those that come together. */
    private final Counts<String> chainUsers = new Counts<>();

    /** Routes of chains that nobody uses, the one that has waited longest first. */
    private final SequencedSet<Integer> idle = new LinkedHashSet<>();

    private Programs programs;

    RouteBook(Layout layout, Structure structure, Programs programs) {
        this.layout = layout;
        this.structure = structure;
        this.programs = programs;
    }

    Programs programs() {
        return programs;
    }

    /** Counts a user of a route; the first one brings its chain. */
    int acquire(int number) {
        acquire(new Structure.Route(layout.routes, number));
        return number;
    }

    void release(int number) {
        release(new Structure.Route(layout.routes, number));
    }

    /** As {@link #acquire}, for a route that another route goes on to. */
    int acquirePick(int number) {
        acquire(new Structure.Route(layout.picks, number));
        return number;
    }

    void releasePick(int number) {
        release(new Structure.Route(layout.picks, number));
    }

    /** Writes all chains again, since the settings changed. */
    void reprogram(Programs changed) {
        programs = changed;
        dropIdle(0);
        users.things().forEach(route -> wantChains(route.number()));
    }

    private void acquire(Structure.Route route) {
        if (!users.add(route)) {
            return;
        }
        String chain = RouteNumber.chain(route.number());
        if (hasOwnChain(route.number())
                && chainUsers.add(RouteNumber.chain(first(route.number())))
                && !idle.remove(route.number())) {
            wantChains(route.number());
        }
        boolean drop = RouteNumber.routing(route.number()) == Routing.DROP;
        structure.wantRoute(route, drop ? new NftVerdict.Drop() : new NftVerdict.Goto(chain));
    }

    private void release(Structure.Route route) {
        if (!users.remove(route)) {
            return;
        }
        structure.unwantRoute(route);
        int first = first(route.number());
        if (hasOwnChain(route.number()) && chainUsers.remove(RouteNumber.chain(first))) {
            retire(first, last(route.number()));
        }
        // Where no Service is left, nothing is left of them.
        dropIdle(users.things().isEmpty() ? 0 : IDLE_MAX);
    }

    private void retire(int first, int last) {
        if (RouteNumber.count(first) > POOL_MAX) {
            idle.add(first);
            return;
        }
        for (int number = first; number <= last; number++) {
            structure.unwantChain(RouteNumber.chain(number));
        }
    }

    private void dropIdle(int kept) {
        while (idle.size() > kept) {
            structure.unwantChain(RouteNumber.chain(idle.removeFirst()));
        }
    }

    private void wantChains(int route) {
        if (hasOwnChain(route)) {
            for (int number = first(route); number <= last(route); number++) {
                structure.wantChain(NftChain.regular(RouteNumber.chain(number)), programs.route(number));
            }
        }
    }

    private static boolean pooled(int number) {
        return RouteNumber.count(number) >= 1 && RouteNumber.count(number) <= POOL_MAX;
    }

    /** The first of the routes whose chains come together; the count is the lowest part of a number. */
    private static int first(int number) {
        return pooled(number) ? number - RouteNumber.count(number) + 1 : number;
    }

    private static int last(int number) {
        return pooled(number) ? number - RouteNumber.count(number) + POOL_MAX : number;
    }

    /** Rejecting has one chain for all, dropping needs none. */
    private static boolean hasOwnChain(int number) {
        Routing routing = RouteNumber.routing(number);
        return routing != Routing.REJECT && routing != Routing.DROP;
    }
}
