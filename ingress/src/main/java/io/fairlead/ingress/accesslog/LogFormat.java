package io.fairlead.ingress.accesslog;

/**
 * What lines of the access log look like.
 *
 * <p>Immutable.
 */
public enum LogFormat {
    /** There are none. */
    NONE,
    /** An object of JSON each. */
    JSON,
    /** That of Apache's {@code combined}, which most tools for logs understand. */
    COMBINED
}
