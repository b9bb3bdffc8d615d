package io.fairlead.agent.dataplane.nftables;

import io.fairlead.kernel.DeltaTracker;
import io.fairlead.kernel.nft.NftSet;

/**
 * A set or map of the table with what is desired and observed of its elements.
 *
 * <p>Confined to the proxy loop's thread.
 */
final class TrackedSet {

    private final NftSet set;
    private final DeltaTracker tracker;
    private final boolean routes;

    private TrackedSet(NftSet set, boolean routes) {
        this.set = set;
        this.tracker = new DeltaTracker(set.keyLength(), set.dataLength());
        this.routes = routes;
    }

    static TrackedSet of(NftSet set) {
        return new TrackedSet(set, false);
    }

    static TrackedSet ofRoutes(NftSet set) {
        return new TrackedSet(set, true);
    }

    NftSet set() {
        return set;
    }

    DeltaTracker tracker() {
        return tracker;
    }

    /** Whether its values are route numbers, so that an element must wait for its route. */
    boolean routes() {
        return routes;
    }
}
