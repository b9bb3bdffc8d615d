package io.fairlead.ingress.upstream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The keys that session cookies are signed with, the newest first: it signs, all are accepted. Replicas that are given the
 * same secrets accept each other's cookies.
 *
 * <p>A cookie holds nothing but a signature (HMAC with SHA-256, the first 128 bits) of the endpoint that it stands for. So
 * it tells nobody an address, cannot be made up, and is looked up rather than computed for a request.
 *
 * <p>Immutable.
 */
public final class SessionKeys {

    /** The least that a secret must have. */
    public static final int SECRET_BYTES = 32;

    private static final String ALGORITHM = "HmacSHA256";
    private static final byte[] PURPOSE = "fairlead ingress session\n".getBytes(StandardCharsets.US_ASCII);

    private final List<SecretKeySpec> keys;

    private SessionKeys(List<SecretKeySpec> keys) {
        this.keys = List.copyOf(keys);
    }

    /**
     * @param secrets at least one, each of 32 bytes or more
     * @throws IllegalArgumentException if there are none, or one is too short
     */
    public static SessionKeys of(List<byte[]> secrets) {
        if (secrets.isEmpty()) {
            throw new IllegalArgumentException("there is no secret to sign session cookies with");
        }
        List<SecretKeySpec> keys = new ArrayList<>();
        for (byte[] secret : secrets) {
            if (secret.length < SECRET_BYTES) {
                throw new IllegalArgumentException(
                        "a secret of session cookies has " + secret.length + " bytes; it needs " + SECRET_BYTES);
            }
            keys.add(new SecretKeySpec(secret, ALGORITHM));
        }
        return new SessionKeys(keys);
    }

    /** A key that nobody else has: for a replica on its own. */
    public static SessionKeys random() {
        byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        return of(List.of(secret));
    }

    /** What stands for an endpoint of a group: by each key, the newest first. */
    List<SessionToken> tokens(String group, String endpoint) {
        return keys.stream().map(key -> token(key, group, endpoint)).toList();
    }

    private static SessionToken token(SecretKeySpec key, String group, String endpoint) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(PURPOSE);
            mac.update((group + "\n" + endpoint).getBytes(StandardCharsets.UTF_8));
            ByteBuffer signature = ByteBuffer.wrap(mac.doFinal());
            return new SessionToken(signature.getLong(), signature.getLong());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HMAC with SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return keys.size() + " session keys";
    }
}
