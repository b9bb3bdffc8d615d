package io.fairlead.ingress.translate.annotation;

import io.fairlead.ingress.route.policy.ForwardPolicy;
import io.fairlead.ingress.route.policy.PathRewrite;

/**
 * What one Ingress says of its routes beside hosts, paths and backends.
 *
 * <p>Immutable.
 *
 * @param toHttps whether requests without TLS are sent to https if the host has TLS
 * @param alwaysToHttps whether they are even if it has none, because TLS ends before us
 * @param passthrough whether the backend answers the TLS of the object's hosts
 * @param rewrite of prefix and exact paths; a default backend gets every path as it is
 * @param policy everything else but the connection to the backend
 */
public record IngressOptions(
        boolean toHttps,
        boolean alwaysToHttps,
        boolean passthrough,
        PathRewrite rewrite,
        ForwardPolicy policy,
        BackendOptions backend) {}
