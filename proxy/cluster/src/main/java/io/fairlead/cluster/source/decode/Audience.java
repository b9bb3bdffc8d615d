package io.fairlead.cluster.source.decode;

/**
 * For whom Services and EndpointSlices are read.
 *
 * <p>Immutable.
 */
public enum Audience {
    /**
     * A node's data plane: Services with addresses of their own that it is to route, and their slices. An endpoint that
     * would lead to the node's own loopback makes a slice bad.
     */
    NODE,
    /**
     * Who connects to endpoints himself: all Services, also headless and ExternalName ones and those handed to another
     * proxy by label, with {@link io.fairlead.cluster.model.ProxyFacts}; all their slices, with what endpoints refer to.
     * Which addresses it may connect to is its own policy. Nodes may be forbidden to it.
     */
    PROXY
}
