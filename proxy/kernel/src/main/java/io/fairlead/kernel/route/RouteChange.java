package io.fairlead.kernel.route;

/**
 * What happened to a link, an address or a route.
 *
 * <p>Immutable.
 */
public sealed interface RouteChange {

    /**
     * The link is new, or something about it changed.
     *
     * <p>Immutable.
     */
    record LinkSet(Link link) implements RouteChange {}

    /**
     * The link is gone, to another namespace or for good.
     *
     * <p>Immutable.
     */
    record LinkRemoved(Link link) implements RouteChange {}

    /**
     * The address is new, or its flags changed (a tentative one became usable).
     *
     * <p>Immutable.
     */
    record AddressSet(LinkAddress address) implements RouteChange {}

    /**
     * The address is gone.
     *
     * <p>Immutable.
     */
    record AddressRemoved(LinkAddress address) implements RouteChange {}

    /**
     * The route is new or was replaced.
     *
     * <p>Immutable.
     */
    record RouteSet(Route route) implements RouteChange {}

    /**
     * The route is gone.
     *
     * <p>Immutable.
     */
    record RouteRemoved(Route route) implements RouteChange {}
}
