package io.fairlead.ingress.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When clients are let in. */
@Timeout(20)
final class OpeningTest {

    private final AtomicInteger opened = new AtomicInteger();
    private final CountDownLatch once = new CountDownLatch(1);

    private Opening opening(Duration patience) {
        return new Opening(patience, () -> {
            opened.incrementAndGet();
            once.countDown();
        });
    }

    @Test
    void opensWhenAllIsKnown() throws InterruptedException {
        Opening opening = opening(Duration.ofHours(1));
        opening.routed(false);
        assertEquals(1, once.getCount());
        opening.routed(true);
        assertTrue(once.await(10, TimeUnit.SECONDS));
        opening.routed(true);
        opening.routed(false);
        assertEquals(1, opened.get());
    }

    /** A Secret that nobody delivers does not close the hosts of everybody. */
    @Test
    void opensWithWhatThereIsAfterAWhile() throws InterruptedException {
        opening(Duration.ofMillis(50)).routed(false);
        assertTrue(once.await(10, TimeUnit.SECONDS));
    }
}
