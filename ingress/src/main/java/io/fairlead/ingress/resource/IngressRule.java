package io.fairlead.ingress.resource;

import java.util.List;

/**
 * One entry of {@code spec.rules}.
 *
 * <p>Immutable.
 *
 * @param host as it is written, empty for any
 * @param paths none if the rule has no {@code http}, so that its host belongs to the default backend
 */
public record IngressRule(String host, List<IngressPath> paths) {

    public IngressRule {
        paths = List.copyOf(paths);
    }
}
