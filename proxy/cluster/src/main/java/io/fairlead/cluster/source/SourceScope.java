package io.fairlead.cluster.source;

import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.source.decode.ExtraDecoder;
import io.fairlead.cluster.source.decode.ObjectDecoder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a program wants to know of the cluster.
 *
 * <p>Immutable.
 *
 * @param nodeName the only Node to follow; empty follows them all
 * @param extras kinds beside Services, EndpointSlices, Nodes and ServiceCIDRs
 */
public record SourceScope(String nodeName, List<ExtraResource<?>> extras) {

    public SourceScope {
        extras = List.copyOf(extras);
    }

    /** What one node routes. */
    public static SourceScope ofNode(String nodeName) {
        return new SourceScope(nodeName, List.of());
    }

    /** Reads objects of all kinds that are wanted; for one thread. */
    ObjectDecoder decoder() {
        Map<ClusterKind, ExtraDecoder<?>> decoders = new HashMap<>();
        extras.forEach(extra -> decoders.put(extra.kind().kind(), extra.decoder()));
        return new ObjectDecoder(decoders);
    }
}
