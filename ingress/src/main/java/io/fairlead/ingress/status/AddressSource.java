package io.fairlead.ingress.status;

import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.Node;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Service;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Where it stands under which addresses clients reach the ingress.
 *
 * <p>Immutable.
 */
public sealed interface AddressSource {

    /** Addresses and DNS names in order, each once; none while there is none. */
    List<String> addresses(ClusterSnapshot snapshot);

    /**
     * What the operator says.
     *
     * <p>Immutable.
     */
    record Given(List<String> addresses) implements AddressSource {

        public Given {
            addresses = sorted(addresses);
        }

        @Override
        public List<String> addresses(ClusterSnapshot snapshot) {
            return addresses;
        }
    }

    /**
     * Those of a Service, by its type as ingress-nginx reads them.
     *
     * <p>Immutable.
     */
    record OfService(ObjectName name) implements AddressSource {

        @Override
        public List<String> addresses(ClusterSnapshot snapshot) {
            Service service = snapshot.services().get(name);
            return service == null ? List.of() : sorted(published(service));
        }

        private static Collection<String> published(Service service) {
            List<String> external = texts(service.externalIps());
            return switch (service.type()) {
                case CLUSTER_IP -> texts(service.clusterIps());
                case NODE_PORT -> external.isEmpty() ? texts(service.clusterIps()) : external;
                case EXTERNAL_NAME -> List.of(service.proxyFacts().externalName());
                case LOAD_BALANCER -> {
                    SortedSet<String> both = new TreeSet<>(external);
                    both.addAll(service.proxyFacts().loadBalancer());
                    yield both;
                }
            };
        }
    }

    /**
     * Those of the nodes that run ready endpoints of a Service: the external ones of a node, or the internal ones if it has
     * none.
     *
     * <p>Immutable.
     */
    record NodesOf(ObjectName name) implements AddressSource {

        @Override
        public List<String> addresses(ClusterSnapshot snapshot) {
            SortedSet<String> names = new TreeSet<>();
            for (EndpointSlice slice : snapshot.slicesOf(name)) {
                slice.endpoints().stream()
                        .filter(endpoint -> endpoint.ready())
                        .forEach(endpoint -> names.add(endpoint.nodeName()));
            }
            SortedSet<String> addresses = new TreeSet<>();
            for (String each : names) {
                Node node = snapshot.nodes().get(each);
                if (node != null) {
                    addresses.addAll(texts(node.externalIps().isEmpty() ? node.internalIps() : node.externalIps()));
                }
            }
            return List.copyOf(addresses);
        }
    }

    private static List<String> sorted(Collection<String> texts) {
        return texts.stream()
                .filter(text -> !text.isEmpty())
                .distinct()
                .sorted()
                .toList();
    }

    private static List<String> texts(Collection<?> addresses) {
        return addresses.stream().map(Object::toString).toList();
    }
}
