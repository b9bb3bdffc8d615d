package io.fairlead.ingress;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a class of tests that leaves a buffer of Netty, a context or an engine of TLS unreleased.
 *
 * <p>Confined to the test thread.
 */
public final class FailOnLeak implements BeforeAllCallback, AfterAllCallback {

    private ResourceLeakDetector.Level before = ResourceLeakDetector.Level.SIMPLE;

    @Override
    public void beforeAll(ExtensionContext context) {
        before = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        LeakRecorder.takeAll();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        for (int i = 0; i < 3; i++) {
            System.gc();
            // The collector enqueues what it found; the next allocation reports it.
            PooledByteBufAllocator.DEFAULT.buffer().release();
        }
        ResourceLeakDetector.setLevel(before);
        assertEquals(List.of(), LeakRecorder.takeAll());
    }
}
