package io.fairlead.ingress;

import io.netty.util.LeakPresenceDetector;
import java.lang.ref.Cleaner;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a class of tests that leaves buffers or contexts of TLS behind. Every allocation is counted, and said where it
 * came from with {@code -Dio.netty.util.LeakPresenceDetector.trackCreationStack=true}.
 *
 * <p>Thread-safe: it has no state.
 */
public final class LeakCheck implements AfterAllCallback {

    private static final Cleaner CLEANER = Cleaner.create();
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** Connections that were closed last give back what they had a moment later; contexts for backends, the collector. */
    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        long begin = System.nanoTime();
        while (LeakCounter.holdsAnything() && System.nanoTime() - begin < WAIT_NANOS) {
            collect();
        }
        LeakPresenceDetector.check();
    }

    private static void collect() throws InterruptedException {
        CountDownLatch collected = new CountDownLatch(1);
        CLEANER.register(new Object(), collected::countDown);
        System.gc();
        collected.await(1, TimeUnit.SECONDS);
    }
}
