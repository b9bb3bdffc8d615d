package io.fairlead.ingress.account;

import io.fairlead.ingress.route.Route;
import io.fairlead.ingress.route.RouteAction;

/**
 * What requests are counted by. It comes from objects of the cluster, never from a request.
 *
 * <p>Immutable.
 *
 * @param service empty if the route leads to none
 */
public record RouteLabel(String namespace, String ingress, String service) {

    /** For routes beyond the limit of series. */
    static final RouteLabel OTHERS = new RouteLabel("", "(others)", "");

    /** For what no route is for. */
    public static final RouteLabel NOBODY = new RouteLabel("", "", "");

    public static RouteLabel of(Route route) {
        String service = route.action() instanceof RouteAction.Forward forward
                ? forward.backend().service().name()
                : "";
        return new RouteLabel(
                route.source().object().namespace(), route.source().object().name(), service);
    }
}
