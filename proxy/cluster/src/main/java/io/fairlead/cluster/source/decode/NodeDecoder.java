package io.fairlead.cluster.source.decode;

import io.fairlead.cluster.model.ClusterObject;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.cluster.model.Node;
import io.fairlead.cluster.model.ObjectName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decodes {@code v1/Node}.
 *
 * <p>Confined to the thread of its source.
 */
final class NodeDecoder implements KindDecoder {

    static final String ZONE_LABEL = "topology.kubernetes.io/zone";

    /** The cluster autoscaler's mark on a node that it is about to remove (KEP-3836). */
    static final String AUTOSCALER_TAINT = "ToBeDeletedByClusterAutoscaler";

    private static final int LIST_MAX = 1000;

    @Override
    public Optional<ClusterObject> decode(ObjectName name, Field object) {
        Field metadata = object.at("metadata");
        Field spec = object.at("spec");
        List<Field> addresses = object.at("status").at("addresses").items(LIST_MAX);
        return Optional.of(new Node(
                name.name(),
                addresses(addresses, "InternalIP"),
                addresses(addresses, "ExternalIP"),
                podCidrs(spec),
                metadata.at("labels").at(ZONE_LABEL).text(253),
                metadata.at("deletionTimestamp").isPresent(),
                isDrained(spec.at("taints"))));
    }

    /** Node addresses are not validated by the API server; kube-proxy skips what is no address, and so do we. */
    private static List<IpAddress> addresses(List<Field> items, String type) {
        List<IpAddress> addresses = new ArrayList<>();
        for (Field item : items) {
            if (item.at("type").text(64).equals(type)) {
                try {
                    addresses.add(item.at("address").address());
                } catch (InvalidInput e) {
                    // Says a name, or nothing: no address of the node.
                }
            }
        }
        return addresses;
    }

    private static List<IpPrefix> podCidrs(Field spec) {
        List<Field> items = spec.at("podCIDRs").items(16);
        if (items.isEmpty() && spec.at("podCIDR").isPresent()) {
            items = List.of(spec.at("podCIDR"));
        }
        List<IpPrefix> cidrs = new ArrayList<>();
        for (Field item : items) {
            cidrs.add(item.prefix());
        }
        return cidrs;
    }

    private static boolean isDrained(Field taints) {
        for (Field taint : taints.items(LIST_MAX)) {
            if (taint.at("key").text(512).equals(AUTOSCALER_TAINT)) {
                return true;
            }
        }
        return false;
    }
}
