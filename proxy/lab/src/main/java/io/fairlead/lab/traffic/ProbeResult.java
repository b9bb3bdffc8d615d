package io.fairlead.lab.traffic;

import java.time.Duration;

/**
 * What came of one attempt.
 *
 * <p>Immutable.
 */
public sealed interface ProbeResult {

    /** From the first packet to the end. */
    Duration took();

    /**
     * A pod answered.
     *
     * <p>Immutable.
     */
    record Answered(Answer answer, Duration took) implements ProbeResult {}

    /**
     * Nobody did.
     *
     * <p>Immutable.
     *
     * @param detail the reason as the operating system words it
     */
    record Failed(FailureKind kind, String detail, Duration took) implements ProbeResult {}
}
