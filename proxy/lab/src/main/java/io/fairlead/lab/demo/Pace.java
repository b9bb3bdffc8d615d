package io.fairlead.lab.demo;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * How fast the story goes.
 *
 * <p>Immutable.
 *
 * @param perSecond connections per second of its traffic
 * @param scene how long traffic is watched in each situation
 * @param down how long a killed agent stays dead
 * @param pause time to read after each step
 */
public record Pace(int perSecond, Duration scene, Duration down, Duration pause) {

    /** For people. */
    public static final Pace PLEASANT =
            new Pace(200, Duration.ofMillis(1500), Duration.ofMillis(1200), Duration.ofMillis(1200));

    /** For machines: as many connections in less time. */
    public static final Pace FAST = new Pace(500, Duration.ofMillis(600), Duration.ofMillis(300), Duration.ZERO);

    /** Lets time go by. */
    static void rest(Duration time) {
        long deadline = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = deadline - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
