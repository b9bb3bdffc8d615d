package io.fairlead.ingress.route.policy;

/**
 * The check of a number's limits.
 *
 * <p>Immutable: it has no state.
 */
final class Range {

    private Range() {}

    /** @throws IllegalArgumentException that names {@code what} and the limits, if the value is outside of them */
    static void check(String what, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(what + ": " + value + " is not within " + min + " to " + max);
        }
    }
}
