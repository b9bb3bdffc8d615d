package io.fairlead.ingress.tls.backend;

/**
 * Whether there is TLS for a group of backends.
 *
 * <p>Immutable.
 */
public sealed interface BackendTlsResult {

    /** There is. */
    record Usable(BackendTlsClient client) implements BackendTlsResult {}

    /**
     * There is not, and the group must not be spoken to: without the authority, nobody could be told from anybody.
     *
     * @param reason as a sentence for an Event
     */
    record Refused(String reason) implements BackendTlsResult {}
}
