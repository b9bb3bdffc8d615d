package io.fairlead.ingress;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A leak is found, or the classes that ask for {@link FailOnLeak} would ask for nothing.
 *
 * <p>Confined to the test thread.
 */
final class FailOnLeakTest {

    @Test
    void findsABufferThatNobodyReleased() {
        ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        try {
            LeakRecorder.takeAll();
            leak();
            List<String> found = new ArrayList<>();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
            while (found.isEmpty() && System.nanoTime() < deadline) {
                System.gc();
                PooledByteBufAllocator.DEFAULT.buffer().release();
                found.addAll(LeakRecorder.takeAll());
            }
            assertTrue(found.toString().contains("ByteBuf"), found::toString);
        } finally {
            ResourceLeakDetector.setLevel(before);
        }
    }

    private static void leak() {
        ByteBuf lost = PooledByteBufAllocator.DEFAULT.buffer();
        lost.writeByte(1);
    }
}
