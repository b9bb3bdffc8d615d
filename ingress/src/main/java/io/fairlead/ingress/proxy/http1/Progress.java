package io.fairlead.ingress.proxy.http1;

/**
 * How far a scanner came with what it was given.
 *
 * <p>Immutable.
 */
public enum Progress {
    /** All that came is well so far; the end is not among it. */
    MORE,
    /** The end was found and everything before it is well. */
    COMPLETE,
    /** Broken: the connection can carry no further message. */
    REFUSED
}
