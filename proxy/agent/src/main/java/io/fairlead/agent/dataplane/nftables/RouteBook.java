package io.fairlead.agent.dataplane.nftables;

import io.fairlead.agent.plan.Routing;
import io.fairlead.kernel.nft.NftChain;
import io.fairlead.kernel.nft.NftVerdict;

/**
 * Routes that frontends share: one chain per way of routing and number of backends, as long as somebody uses it.
 *
 * <p>Confined to the proxy loop's thread.
 */
final class RouteBook {

    private final Layout layout;
    private final Structure structure;
    private final Counts<Structure.Route> users = new Counts<>();
    private final Counts<String> chainUsers = new Counts<>();
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
        users.things().forEach(route -> wantChain(route.number()));
    }

    private void acquire(Structure.Route route) {
        if (!users.add(route)) {
            return;
        }
        String chain = RouteNumber.chain(route.number());
        if (hasOwnChain(route.number()) && chainUsers.add(chain)) {
            wantChain(route.number());
        }
        boolean drop = RouteNumber.routing(route.number()) == Routing.DROP;
        structure.wantRoute(route, drop ? new NftVerdict.Drop() : new NftVerdict.Goto(chain));
    }

    private void release(Structure.Route route) {
        if (!users.remove(route)) {
            return;
        }
        structure.unwantRoute(route);
        String chain = RouteNumber.chain(route.number());
        if (hasOwnChain(route.number()) && chainUsers.remove(chain)) {
            structure.unwantChain(chain);
        }
    }

    private void wantChain(int number) {
        if (hasOwnChain(number)) {
            structure.wantChain(NftChain.regular(RouteNumber.chain(number)), programs.route(number));
        }
    }

    /** Rejecting has one chain for all, dropping needs none. */
    private static boolean hasOwnChain(int number) {
        Routing routing = RouteNumber.routing(number);
        return routing != Routing.REJECT && routing != Routing.DROP;
    }
}
