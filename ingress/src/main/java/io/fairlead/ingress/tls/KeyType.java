package io.fairlead.ingress.tls;

/**
 * The keys that certificates may have, those that clients and this node are served best with first: of several
 * certificates for one host, a client gets the first that it supports.
 *
 * <p>Immutable.
 */
public enum KeyType {
    ECDSA_P256("EC"),
    ED25519("Ed25519"),
    ECDSA_P384("EC"),
    /** 2048 to 8192 bits: less is breakable, and more makes each handshake an attack on the processor. */
    RSA("RSA");

    private final String algorithm;

    KeyType(String algorithm) {
        this.algorithm = algorithm;
    }

    /** The name that the JDK has for it. */
    String algorithm() {
        return algorithm;
    }
}
