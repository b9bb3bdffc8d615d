package io.fairlead.ingress.tls;

import io.netty.handler.ssl.OpenSslSessionTicketKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * The keys of session tickets (RFC 5077, section 4; in TLS 1.3, RFC 8446, section 4.6.1). The first one encrypts, all
 * decrypt: a rotation adds a key behind the first, makes it the first when all replicas have it, and takes it away when
 * the last ticket that it encrypted is too old.
 *
 * <p>Replicas that are given the same secrets derive the same keys, so that a client can resume with any of them.
 *
 * <p>Immutable.
 */
public final class TicketKeys {

    /** The least that a secret must have. */
    public static final int SECRET_BYTES = 32;

    private static final int SECRETS_MAX = 16;
    private static final byte[] INFO = "fairlead ingress session ticket".getBytes(StandardCharsets.US_ASCII);

    private final List<OpenSslSessionTicketKey> keys;

    private TicketKeys(List<OpenSslSessionTicketKey> keys) {
        this.keys = keys;
    }

    /**
     * Derives a name, a key of HMAC and one of AES of each secret by HKDF with SHA-256 (RFC 5869).
     *
     * @param secrets 1 to 16, each of at least 32 bytes
     * @throws IllegalArgumentException if they are fewer, more or shorter
     */
    public static TicketKeys of(List<byte[]> secrets) {
        if (secrets.isEmpty() || secrets.size() > SECRETS_MAX) {
            throw new IllegalArgumentException(
                    secrets.size() + " ticket secrets; 1 to " + SECRETS_MAX + " are accepted");
        }
        List<OpenSslSessionTicketKey> keys = new ArrayList<>();
        for (byte[] secret : secrets) {
            if (secret.length < SECRET_BYTES) {
                throw new IllegalArgumentException(
                        "a ticket secret has " + secret.length + " bytes; it needs " + SECRET_BYTES);
            }
            keys.add(derive(secret));
        }
        return new TicketKeys(List.copyOf(keys));
    }

    /** One key that nobody else has: for a replica on its own. */
    public static TicketKeys random() {
        byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        TicketKeys keys = of(List.of(secret));
        Arrays.fill(secret, (byte) 0);
        return keys;
    }

    private static OpenSslSessionTicketKey derive(byte[] secret) {
        try {
            byte[] bytes = KDF.getInstance("HKDF-SHA256")
                    .deriveData(HKDFParameterSpec.ofExtract()
                            .addIKM(secret)
                            .thenExpand(INFO, OpenSslSessionTicketKey.TICKET_KEY_SIZE));
            int mac = OpenSslSessionTicketKey.NAME_SIZE;
            int aes = mac + OpenSslSessionTicketKey.HMAC_KEY_SIZE;
            OpenSslSessionTicketKey key = new OpenSslSessionTicketKey(
                    Arrays.copyOfRange(bytes, 0, mac),
                    Arrays.copyOfRange(bytes, mac, aes),
                    Arrays.copyOfRange(bytes, aes, bytes.length));
            Arrays.fill(bytes, (byte) 0);
            return key;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK from 25 on has HKDF with SHA-256", e);
        }
    }

    OpenSslSessionTicketKey[] keys() {
        return keys.toArray(OpenSslSessionTicketKey[]::new);
    }

    @Override
    public String toString() {
        return keys.size() + " ticket keys";
    }
}
