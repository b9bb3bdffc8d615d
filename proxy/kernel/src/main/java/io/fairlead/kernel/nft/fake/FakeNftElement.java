package io.fairlead.kernel.nft.fake;

import io.fairlead.kernel.nft.NftData;
import io.fairlead.kernel.nft.NftVerdict;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a set of the fake keeps under a key.
 *
 * <p>Immutable.
 *
 * @param value empty for plain sets and verdict maps
 * @param verdict of a verdict map
 * @param timeoutMillis 0 for an element that does not expire
 */
record FakeNftElement(NftData value, @Nullable NftVerdict verdict, long timeoutMillis, long expiresAtMillis) {

    private static final NftData NO_VALUE = NftData.of();

    static FakeNftElement of(NftData value) {
        return new FakeNftElement(value, null, 0, Long.MAX_VALUE);
    }

    static FakeNftElement of(NftVerdict verdict) {
        return new FakeNftElement(NO_VALUE, verdict, 0, Long.MAX_VALUE);
    }

    static FakeNftElement record(NftData value, long timeoutMillis, long nowMillis) {
        return new FakeNftElement(value, null, timeoutMillis, nowMillis + timeoutMillis);
    }

    boolean isExpired(long nowMillis) {
        return expiresAtMillis <= nowMillis;
    }

    /** Says the same as the other, whenever they expire. */
    boolean saysTheSame(FakeNftElement other) {
        return value.equals(other.value) && Objects.equals(verdict, other.verdict);
    }
}
