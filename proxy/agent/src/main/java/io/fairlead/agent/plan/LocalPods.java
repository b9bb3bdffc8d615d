package io.fairlead.agent.plan;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.IpPrefix;
import java.util.List;

/**
 * How to tell a local pod from other clients ({@code detectLocalMode} of kube-proxy).
 *
 * <p>Immutable.
 */
public sealed interface LocalPods {

    /** Nobody counts as a local pod. */
    record Unknown() implements LocalPods {}

    /** Modes ClusterCIDR and NodeCIDR: by source address. */
    record BySource(List<IpPrefix> ranges) implements LocalPods {

        public BySource {
            ranges = List.copyOf(ranges);
        }

        private boolean has(IpFamily family) {
            for (IpPrefix range : ranges) {
                if (range.family() == family) {
                    return true;
                }
            }
            return false;
        }

        /** The ranges of one family. */
        public List<IpPrefix> ranges(IpFamily family) {
            return ranges.stream().filter(range -> range.family() == family).toList();
        }
    }

    /** Mode BridgeInterface: by the interface that a packet arrives on. */
    record ByInterface(String name) implements LocalPods {}

    /** Mode InterfaceNamePrefix: by how the name of that interface starts. */
    record ByInterfacePrefix(String prefix) implements LocalPods {}

    /** Whether there is a detector for a family; without one, rules for local pods never fit. */
    default boolean detects(IpFamily family) {
        return switch (this) {
            case Unknown unknown -> false;
            case BySource source -> source.has(family);
            case ByInterface bridge -> true;
            case ByInterfacePrefix prefix -> true;
        };
    }

    /**
     * Whether a client is a local pod.
     *
     * @param arrival interface that the packet arrives on, empty for the node's own packets
     */
    default boolean matches(IpAddress source, String arrival) {
        return switch (this) {
            case Unknown unknown -> false;
            case BySource bySource -> bySource.ranges.stream().anyMatch(range -> range.contains(source));
            case ByInterface bridge -> arrival.equals(bridge.name);
            case ByInterfacePrefix prefix -> arrival.startsWith(prefix.prefix);
        };
    }
}
