package io.fairlead.ingress.route;

/**
 * A route that gets no request, because another one for the same host and path was given before it.
 *
 * <p>Immutable.
 */
public record ShadowedRoute(Route loser, Route winner) {}
