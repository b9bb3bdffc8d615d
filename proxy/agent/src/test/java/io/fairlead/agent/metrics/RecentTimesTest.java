package io.fairlead.agent.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.agent.view.StatusView.Times;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RecentTimesTest {

    private final RecentTimes recent = new RecentTimes();

    @Test
    void tellsLastMedianAndLongest() {
        assertEquals(Times.NONE, recent.times());
        recent.add(5);
        recent.add(9);
        recent.add(7);
        assertEquals(new Times(3, Duration.ofNanos(7), Duration.ofNanos(7), Duration.ofNanos(9)), recent.times());
    }

    @Test
    void forgetsWhatIsOld() {
        recent.add(1_000_000);
        for (int i = 0; i < 64; i++) {
            recent.add(i);
        }
        assertEquals(new Times(64, Duration.ofNanos(63), Duration.ofNanos(31), Duration.ofNanos(63)), recent.times());
    }
}
