package io.fairlead.kernel.fake;

import java.net.InetAddress;
import java.util.List;

/**
 * Where a packet went, and why.
 *
 * <p>Immutable.
 *
 * @param probability of this outcome, 0 to 1
 * @param matched rules and elements that matched, in their order; of one way if several lead to this outcome
 */
public record Trace(Outcome outcome, double probability, List<String> matched) {

    public Trace {
        matched = List.copyOf(matched);
    }

    /** How it ended. */
    public sealed interface Outcome {}

    /**
     * The packet passed.
     *
     * @param translated whether the destination is another than the packet's own
     * @param masqueraded whether its source is an address of the node in place of its own
     */
    public record Delivered(InetAddress destination, int port, boolean translated, boolean masqueraded)
            implements Outcome {}

    /** Silently dropped. */
    public record Dropped() implements Outcome {}

    /** Dropped, and the sender was told. */
    public record Rejected() implements Outcome {}
}
