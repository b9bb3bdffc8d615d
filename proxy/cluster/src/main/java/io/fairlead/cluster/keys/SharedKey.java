package io.fairlead.cluster.keys;

import io.fairlead.cluster.model.PrivateBytes;
import java.time.Instant;

/**
 * One key.
 *
 * <p>Immutable.
 *
 * @param since when it got its role, in whole seconds
 * @param secret {@link #BYTES} random bytes
 */
public record SharedKey(Role role, Instant since, PrivateBytes secret) {

    /** Of each secret. */
    public static final int BYTES = 32;

    /** What it is good for; all keys read what they wrote. Immutable. */
    public enum Role {
        /** Writes. */
        CURRENT,
        /** Will write when every replica has it. */
        NEXT,
        /** Wrote before. */
        OLD
    }
}
