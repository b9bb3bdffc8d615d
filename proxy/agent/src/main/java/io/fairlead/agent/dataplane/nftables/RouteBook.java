package io.fairlead.agent.dataplane.nftables;

import io.fairlead.agent.plan.Routing;
import io.fairlead.kernel.nft.NftChain;
import io.fairlead.kernel.nft.NftVerdict;
import java.util.HashMap;
import java.util.Map;

/**
 * Routes that frontends share: one chain per way of routing and number of backends, as long as somebody uses it.
 *
 * <p>Confined to the proxy loop's thread.
 */
final class RouteBook {

    private final Structure structure;
    private final Map<Integer, Integer> users = new HashMap<>();
    private Programs programs;

    RouteBook(Structure structure, Programs programs) {
        this.structure = structure;
        this.programs = programs;
    }

    Programs programs() {
        return programs;
    }

    /** Counts a user; the first one brings the chain. */
    int acquire(int number) {
        if (users.merge(number, 1, Integer::sum) == 1) {
            want(number);
        }
        return number;
    }

    /** Uncounts a user; with the last one the chain goes. */
    void release(int number) {
        if (users.computeIfPresent(number, (_, count) -> count == 1 ? null : count - 1) == null) {
            structure.unwantRoute(number);
            if (hasOwnChain(number)) {
                structure.unwantChain(RouteNumber.chain(number));
            }
        }
    }

    /** Writes all chains again, since the settings changed. */
    void reprogram(Programs changed) {
        programs = changed;
        users.keySet().forEach(this::want);
    }

    private void want(int number) {
        String chain = RouteNumber.chain(number);
        if (hasOwnChain(number)) {
            structure.wantChain(NftChain.regular(chain), programs.route(number));
        }
        boolean drop = RouteNumber.routing(number) == Routing.DROP;
        structure.wantRoute(number, drop ? new NftVerdict.Drop() : new NftVerdict.Goto(chain));
    }

    /** Rejecting has one chain for all, dropping needs none. */
    private static boolean hasOwnChain(int number) {
        Routing routing = RouteNumber.routing(number);
        return routing != Routing.REJECT && routing != Routing.DROP;
    }
}
