package io.fairlead.ingress.tls;

/**
 * Why a certificate cannot be served.
 *
 * <p>Immutable.
 */
public enum CertificateFault {
    TOO_LARGE,
    NO_CERTIFICATE,
    BAD_CERTIFICATE,
    NO_KEY,
    BAD_KEY,
    ENCRYPTED_KEY,
    UNSUPPORTED_KEY,
    KEY_MISMATCH
}
