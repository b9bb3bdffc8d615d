package io.fairlead.kernel.iptables;

/**
 * What becomes of forwarded packets of Services in the chain FORWARD of a table.
 *
 * <p>Immutable.
 */
public enum ForwardVerdict {
    ACCEPTS,
    /** Some of its rules accept packets; whether these cannot be told. */
    MAY_DROP,
    DROPS
}
