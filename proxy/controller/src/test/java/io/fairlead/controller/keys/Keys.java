package io.fairlead.controller.keys;

import io.fairlead.cluster.keys.KeyRing;
import io.fairlead.cluster.keys.SharedKey;
import io.fairlead.cluster.model.PrivateBytes;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** Keys that are numbered in the order in which they were made. Confined to the test thread. */
final class Keys {

    private final AtomicInteger made = new AtomicInteger();

    KeyRotation rotation(Duration period, Duration notice, Duration tickets, Duration cookies) {
        return new KeyRotation(period, notice, tickets, cookies, this::fresh);
    }

    /** The default one. */
    KeyRotation standard() {
        return rotation(Duration.ofHours(8), Duration.ofMinutes(1), Duration.ofHours(24), Duration.ofDays(7));
    }

    private PrivateBytes fresh() {
        return PrivateBytes.of(ByteBuffer.allocate(SharedKey.BYTES)
                .putInt(made.incrementAndGet())
                .array());
    }

    static int number(SharedKey key) {
        return ByteBuffer.wrap(key.secret().toBytes()).getInt();
    }

    /** As in {@code current 3, old 1}. */
    static String text(KeyRing ring) {
        return ring.keys().stream()
                .map(key -> key.role().name().toLowerCase(Locale.ROOT) + " " + number(key))
                .collect(Collectors.joining(", "));
    }
}
