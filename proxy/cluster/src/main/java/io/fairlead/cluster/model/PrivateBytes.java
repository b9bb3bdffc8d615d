package io.fairlead.cluster.model;

import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that must not be printed: a text of it says only how many they are.
 *
 * <p>Immutable.
 */
public final class PrivateBytes {

    public static final PrivateBytes EMPTY = new PrivateBytes(new byte[0]);

    private final byte[] bytes;

    private PrivateBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A copy of these. */
    public static PrivateBytes of(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new PrivateBytes(bytes.clone());
    }

    /** A copy, for the caller to wipe. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    public boolean isEmpty() {
        return bytes.length == 0;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || other instanceof PrivateBytes that && MessageDigest.isEqual(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** {@code (1704 bytes)}. */
    @Override
    public String toString() {
        return "(" + bytes.length + " bytes)";
    }
}
