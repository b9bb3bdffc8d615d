package io.fairlead.cluster.source;

import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.source.decode.Audience;
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
 * @param selected kinds of which only some objects are wanted
 */
public record SourceScope(
        Audience audience, String nodeName, List<ExtraResource<?>> extras, List<SelectedResource<?>> selected) {

    public SourceScope {
        extras = List.copyOf(extras);
        selected = List.copyOf(selected);
    }

    /** What one node routes. */
    public static SourceScope ofNode(String nodeName) {
        return new SourceScope(Audience.NODE, nodeName, List.of(), List.of());
    }

    /** What a proxy needs that speaks to endpoints itself; of Nodes, all. */
    public static SourceScope ofProxy(List<ExtraResource<?>> extras, List<SelectedResource<?>> selected) {
        return new SourceScope(Audience.PROXY, "", extras, selected);
    }

    /** Whether it wants this object, if it wants to know of its kind at all. */
    boolean wants(ObjectKey key) {
        boolean all = selected.stream().noneMatch(each -> each.kind().kind().equals(key.kind()));
        return all || isSelected(key.kind(), key.name());
    }

    /** Whether it is one that is wanted by its name. */
    boolean isSelected(ClusterKind kind, ObjectName name) {
        return selected.stream()
                .anyMatch(each -> each.kind().kind().equals(kind)
                        && each.selection().names().contains(name));
    }

    /** Reads objects of all kinds that are wanted; for one thread. */
    ObjectDecoder decoder() {
        Map<ClusterKind, ExtraDecoder<?>> decoders = new HashMap<>();
        extras.forEach(extra -> decoders.put(extra.kind().kind(), extra.decoder()));
        selected.forEach(each -> decoders.put(each.kind().kind(), each.decoder()));
        return new ObjectDecoder(audience, decoders);
    }
}
