package io.fairlead.ingress.tls;

import java.util.List;
import java.util.stream.Stream;

/**
 * Versions and ciphers, by the names that Mozilla gave them (Server Side TLS, version 5). Its third one, {@code old},
 * is not offered: TLS 1.0 and 1.1 must not be used (RFC 8996), and BoringSSL has what it needs only in part.
 *
 * <p>Finite-field groups are in none: no client has needed them since ECDHE, and they cost most.
 *
 * <p>Immutable.
 */
public enum TlsPolicy {
    /** TLS 1.3 only. */
    MODERN,
    /** TLS 1.2 and 1.3, forward secrecy and authenticated encryption for everybody. */
    INTERMEDIATE;

    private static final List<String> TLS_1_3 =
            List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

    private static final List<String> TLS_1_2 = List.of(
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    /** Those of the key exchange, in the names of BoringSSL; the first one is safe from quantum computers. */
    private static final List<String> GROUPS = List.of("X25519MLKEM768", "X25519", "P-256", "P-384");

    /** In the names of the JDK. */
    public String[] versions() {
        return this == MODERN ? new String[] {"TLSv1.3"} : new String[] {"TLSv1.3", "TLSv1.2"};
    }

    /** In the names of the JDK, which Netty turns into those of BoringSSL. */
    public List<String> ciphers() {
        return this == MODERN
                ? TLS_1_3
                : Stream.concat(TLS_1_3.stream(), TLS_1_2.stream()).toList();
    }

    /** In the names of BoringSSL. The JDK keeps its own. */
    public static String[] groups() {
        return GROUPS.toArray(String[]::new);
    }
}
