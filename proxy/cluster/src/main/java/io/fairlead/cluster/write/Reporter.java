package io.fairlead.cluster.write;

/**
 * Who tells of something in Events.
 *
 * <p>Immutable.
 *
 * @param controller the program, as in {@code fairlead.io/ingress}
 * @param instance which one of them: the name of its node or Pod
 */
public record Reporter(String controller, String instance) {}
