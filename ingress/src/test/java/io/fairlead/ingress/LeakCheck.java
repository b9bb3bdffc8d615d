package io.fairlead.ingress;

import io.netty.util.LeakPresenceDetector;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a class of tests that leaves buffers behind. Every allocation is counted, and said where it came from with
 * {@code -Dio.netty.util.LeakPresenceDetector.trackCreationStack=true}.
 *
 * <p>Thread-safe: it has no state.
 */
public final class LeakCheck implements AfterAllCallback {

    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** Connections that were closed last give back what they had a moment later. */
    @Override
    public void afterAll(ExtensionContext context) {
        long begin = System.nanoTime();
        while (LeakCounter.holdsAnything() && System.nanoTime() - begin < WAIT_NANOS) {
            Thread.onSpinWait();
        }
        LeakPresenceDetector.check();
    }
}
