package io.fairlead.test.scenario;

import io.fairlead.cluster.model.IpAddress;
import java.time.Duration;

/**
 * A line below {@code steps:}.
 *
 * <p>Immutable.
 */
public sealed interface Step {

    /** Objects of a section are added or replaced, as {@code kubectl apply} does. */
    record Apply(String section) implements Step {}

    /** Objects of a section are deleted. */
    record Delete(String section) implements Step {}

    /** Another agent goes on where this one ended. */
    record Restart() implements Step {}

    /** The kernel refuses the next transaction. */
    record FailOnce() implements Step {}

    /** Time passes. */
    record Advance(Duration time) implements Step {}

    /** The node gets an address. */
    record AddAddress(IpAddress address) implements Step {}

    /** The node loses an address. */
    record RemoveAddress(IpAddress address) implements Step {}

    /** Where flows go. */
    record ExpectFlows(String section) implements Step {}

    /** What was planned. */
    record ExpectPlan(String section) implements Step {}

    /** What cannot be honoured, and why. */
    record ExpectSetAside(String section) implements Step {}

    /** No Service has left anything behind. */
    record ExpectClean() implements Step {}
}
