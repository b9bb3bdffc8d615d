package io.fairlead.ingress.tls;

/**
 * What became of the PEM of a Secret.
 *
 * <p>Immutable.
 */
public sealed interface ParsedCertificate {

    /** A certificate whose key fits. */
    record Usable(ServerCertificate certificate) implements ParsedCertificate {}

    /**
     * None.
     *
     * @param reason what is wrong and what to do, as a sentence for an Event; it quotes nothing of the input
     */
    record Refused(CertificateFault fault, String reason) implements ParsedCertificate {}
}
