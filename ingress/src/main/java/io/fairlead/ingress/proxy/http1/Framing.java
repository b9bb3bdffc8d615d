package io.fairlead.ingress.proxy.http1;

/**
 * How the end of a body is known (RFC 9112 section 6.3).
 *
 * <p>Immutable.
 */
public enum Framing {
    /** There is no body. */
    NONE,
    /** As many bytes as Content-Length says. */
    LENGTH,
    /** Chunks, as {@link ChunkScanner} follows them. */
    CHUNKED,
    /** Everything until the backend closes; only answers have this. */
    UNTIL_CLOSE
}
