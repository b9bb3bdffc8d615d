package io.fairlead.ingress.resource;

/**
 * One path of a rule.
 *
 * <p>Immutable.
 *
 * @param path as it is written
 */
public record IngressPath(String path, Type type, IngressBackend backend) {

    /**
     * {@code pathType}.
     *
     * <p>Immutable.
     */
    public enum Type {
        EXACT,
        PREFIX,
        IMPLEMENTATION_SPECIFIC
    }
}
