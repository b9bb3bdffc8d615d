package io.fairlead.ingress.proxy;

/**
 * Tells a connection, as an event of its pipeline, to end when what it carries is done.
 *
 * <p>Immutable.
 */
public enum Drain {
    BEGUN
}
