package io.fairlead.cluster;

/**
 * How many changes of objects a difference is made of, for metrics.
 *
 * <p>Immutable.
 *
 * @param services Services that came, went or became others
 * @param slices the same of EndpointSlices
 */
public record ChangeTally(int services, int slices) {

    static final ChangeTally NONE = new ChangeTally(0, 0);

    ChangeTally plus(ChangeTally more) {
        return new ChangeTally(services + more.services, slices + more.slices);
    }
}
