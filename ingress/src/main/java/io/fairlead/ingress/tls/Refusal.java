package io.fairlead.ingress.tls;

/**
 * Leaves the readers of PEM; it becomes a {@link ParsedCertificate.Refused} in {@link ServerCertificate#parse}.
 *
 * <p>It has no cause on purpose: those of the JDK and of Bouncy Castle quote what they could not read.
 *
 * <p>Immutable.
 */
final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final CertificateFault fault;

    Refusal(CertificateFault fault, String reason) {
        super(reason, null, false, false);
        this.fault = fault;
    }

    ParsedCertificate.Refused value() {
        return new ParsedCertificate.Refused(fault, String.valueOf(getMessage()));
    }
}
