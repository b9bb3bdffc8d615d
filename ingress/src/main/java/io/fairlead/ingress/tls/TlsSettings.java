package io.fairlead.ingress.tls;

import io.netty.handler.ssl.OpenSslCredential;

/**
 * How a listener speaks TLS.
 *
 * <p>Immutable.
 *
 * @param http2 whether {@code h2} is offered by ALPN, before {@code http/1.1}
 * @param tickets whether clients get tickets, with which a later handshake costs a fifth; they are encrypted with
 *     {@link TicketKeys}. The JDK sends them in any case
 * @param refuseUnknownNames whether a client that asks for a name that no certificate was given for is refused with
 *     the alert unrecognized_name (RFC 6066, section 3), instead of being shown the default certificate. One that asks
 *     for no name gets the default certificate in any case
 * @param handshakeTimeoutMillis from the first moment of the connection to the end of the handshake
 */
public record TlsSettings(
        TlsPolicy policy,
        Provider provider,
        boolean http2,
        boolean tickets,
        boolean refuseUnknownNames,
        int handshakeTimeoutMillis) {

    public static final TlsSettings DEFAULT =
            new TlsSettings(TlsPolicy.INTERMEDIATE, Provider.available(), true, true, false, 10_000);

    public TlsSettings {
        if (handshakeTimeoutMillis < 100 || handshakeTimeoutMillis > 600_000) {
            throw new IllegalArgumentException(
                    "handshake time-out of " + handshakeTimeoutMillis + " ms: 100 to 600000 are accepted");
        }
    }

    /**
     * Whose TLS it is.
     *
     * <p>Immutable.
     */
    public enum Provider {
        /** Fast; the default. */
        BORINGSSL,
        /**
         * That of the Java platform: several times the cost of a handshake, and each process has ticket keys of its
         * own, so that a client resumes its session only where it began it.
         */
        JDK;

        /** BoringSSL if its library can be loaded here. */
        public static Provider available() {
            return OpenSslCredential.isAvailable() ? BORINGSSL : JDK;
        }
    }
}
