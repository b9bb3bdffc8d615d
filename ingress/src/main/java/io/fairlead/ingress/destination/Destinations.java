package io.fairlead.ingress.destination;

import io.fairlead.ingress.route.RouteAction;
import java.util.List;

/**
 * Where the requests of one group of backends go.
 *
 * <p>Immutable.
 */
public sealed interface Destinations {

    /**
     * To one of these, which have passed the {@link DestinationPolicy}.
     *
     * @param list at least one, each once, in order
     */
    record Addresses(List<Destination> list) implements Destinations {

        public Addresses {
            list = List.copyOf(list);
            if (list.isEmpty()) {
                throw new IllegalArgumentException("a group of addresses has at least one");
            }
        }
    }

    /**
     * To what a name of DNS stands for at that time, after its addresses have passed the {@link DestinationPolicy}.
     *
     * @param name in lower case, without a final dot
     */
    record HostName(String name, int port) implements Destinations {}

    /**
     * Nowhere: 503.
     *
     * @param detail for the operator
     */
    record None(RouteAction.Reason reason, String detail) implements Destinations {}
}
