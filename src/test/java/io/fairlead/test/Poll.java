package io.fairlead.test;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for something to become true. Thread-safe. */
public final class Poll {

    private static final long NANOS = 20_000_000;

    private Poll() {}

    /** Fails after the time. */
    public static void until(String what, Duration longest, BooleanSupplier condition) {
        long deadline = System.nanoTime() + longest.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, () -> "not within " + longest + ": " + what);
            LockSupport.parkNanos(NANOS);
        }
    }
}
