package io.fairlead.cluster;

import java.util.ArrayList;
import java.util.List;

/**
 * How many changes of objects a difference is made of, for metrics.
 *
 * <p>Immutable.
 *
 * @param services Services that came, went or became others
 * @param slices the same of EndpointSlices
 * @param triggers what led to changes of EndpointSlices, as far as it is known; at most {@link #TRIGGERS_MAX}
 */
public record ChangeTally(int services, int slices, List<ClusterChange.Triggered> triggers) {

    static final ChangeTally NONE = new ChangeTally(0, 0, List.of());

    /** More are a sample that is large enough. */
    static final int TRIGGERS_MAX = 1000;

    public ChangeTally {
        triggers = List.copyOf(triggers);
    }

    ChangeTally plus(ChangeTally more) {
        return new ChangeTally(
                services + more.services, slices + more.slices, triggers.isEmpty() ? more.triggers : both(more));
    }

    private List<ClusterChange.Triggered> both(ChangeTally more) {
        if (more.triggers.isEmpty()) {
            return triggers;
        }
        List<ClusterChange.Triggered> both = new ArrayList<>(triggers);
        both.addAll(more.triggers.subList(0, Math.min(more.triggers.size(), TRIGGERS_MAX - triggers.size())));
        return both;
    }
}
