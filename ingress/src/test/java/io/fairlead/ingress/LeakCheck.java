package io.fairlead.ingress;

import io.netty.util.LeakPresenceDetector;
import java.lang.ref.Cleaner;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a class of tests that leaves buffers or contexts of TLS behind. Every allocation is counted: the pom names Netty's
 * detector for it, which says where each came from with
 * {@code -Dio.netty.util.LeakPresenceDetector.trackCreationStack=true}.
 *
 * <p>Thread-safe: it has no state.
 */
public final class LeakCheck implements AfterAllCallback {

    private static final Cleaner CLEANER = Cleaner.create();

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        // Contexts for backends are released by the collector: twice, since it says so to several at once.
        collect();
        collect();
        LeakPresenceDetector.check();
    }

    private static void collect() throws InterruptedException {
        CountDownLatch collected = new CountDownLatch(1);
        CLEANER.register(new Object(), collected::countDown);
        System.gc();
        if (!collected.await(5, TimeUnit.SECONDS)) {
            throw new AssertionError("the collector found nothing");
        }
    }
}
