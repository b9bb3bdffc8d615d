package io.fairlead.ingress.proxy;

/**
 * What happens to a request, prepared for those that come.
 *
 * <p>Immutable.
 */
public sealed interface PreparedAction permits ForwardTarget, RedirectTarget, Reply {}
