package io.fairlead.cluster.source.decode;

import io.fairlead.cluster.model.ClusterObject;
import io.fairlead.cluster.model.Endpoint;
import io.fairlead.cluster.model.EndpointPort;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decodes {@code discovery.k8s.io/v1 EndpointSlice}. Slices without a Service or of host names decode to nothing; for a
 * node, those of headless Services too.
 *
 * <p>Confined to the thread of its source.
 */
final class EndpointSliceDecoder implements KindDecoder {

    static final String SERVICE_LABEL = "kubernetes.io/service-name";

    /** The API server's limit for {@code endpoints}. */
    private static final int ENDPOINTS_MAX = 1000;

    /** The API server's limit for {@code addresses}. */
    private static final int ADDRESSES_MAX = 100;

    /** The API server allows 8; more do no harm. */
    private static final int HINTS_MAX = 64;

    private enum AddressType {
        IPV4,
        IPV6,
        FQDN
    }

    private final boolean forProxy;
    private final Interner interner;

    EndpointSliceDecoder(Audience audience, Interner interner) {
        this.forProxy = audience == Audience.PROXY;
        this.interner = interner;
    }

    @Override
    public Optional<ClusterObject> decode(ObjectName name, Field object) {
        Field labels = object.at("metadata").at("labels");
        String service = labels.at(SERVICE_LABEL).name(253);
        Field type = object.at("addressType");
        boolean headless = !forProxy && labels.at(ObjectDecoder.HEADLESS_LABEL).isPresent();
        if (headless || service.isEmpty()) {
            return Optional.empty();
        }
        if (!type.isPresent()) {
            throw type.error("is missing");
        }
        AddressType addressType = type.oneOf(AddressType.class, "IPv4", "IPv6", "FQDN");
        if (addressType == AddressType.FQDN) {
            return Optional.empty();
        }
        IpFamily family = addressType == AddressType.IPV4 ? IpFamily.IPV4 : IpFamily.IPV6;
        List<Endpoint> endpoints = new ArrayList<>();
        for (Field item : object.at("endpoints").items(ENDPOINTS_MAX)) {
            List<Field> addresses = item.at("addresses").items(ADDRESSES_MAX);
            if (!addresses.isEmpty()) {
                endpoints.add(endpoint(item, address(addresses.getFirst(), family)));
            }
        }
        return Optional.of(new EndpointSlice(
                name,
                new ObjectName(name.namespace(), service),
                family,
                endpoints,
                interner.share(ports(object.at("ports")))));
    }

    /** The API server refuses the same: a Service must not become a way to the node's own loopback. */
    private IpAddress address(Field field, IpFamily family) {
        IpAddress address = field.address();
        if (address.family() != family) {
            throw field.error(address + " does not fit the slice's addressType");
        }
        boolean local = address.isUnspecified() || address.isLoopback() || address.isLinkLocal();
        if (local && !forProxy) {
            throw field.error(address + " cannot be the address of an endpoint");
        }
        return address;
    }

    private Endpoint endpoint(Field item, IpAddress address) {
        Field conditions = item.at("conditions");
        boolean ready = conditions.at("ready").flag(true);
        Field hints = item.at("hints");
        return new Endpoint(
                address,
                ready,
                conditions.at("serving").flag(ready),
                conditions.at("terminating").flag(false),
                interner.share(item.at("nodeName").text(253)),
                names(hints.at("forZones")),
                names(hints.at("forNodes")),
                forProxy && item.at("targetRef").at("kind").text(253).equals("Pod"));
    }

    private List<String> names(Field hints) {
        List<Field> items = hints.items(HINTS_MAX);
        if (items.isEmpty()) {
            return List.of();
        }
        List<String> names = new ArrayList<>(items.size());
        for (Field item : items) {
            names.add(item.at("name").text(253));
        }
        return interner.share(List.copyOf(names));
    }

    /** A port without a number, or 0, means all ports, which a proxy cannot route: it is left out. */
    private List<EndpointPort> ports(Field list) {
        List<EndpointPort> ports = new ArrayList<>();
        for (Field item : list.items(PORTS_MAX)) {
            int number = item.at("port").number(0, 0, 65535, "a port");
            String name = item.at("name").name(63);
            Protocol protocol = item.at("protocol").oneOf(Protocol.class, "TCP", "UDP", "SCTP");
            if (number != 0) {
                ports.add(interner.share(new EndpointPort(name, protocol, number)));
            }
        }
        return List.copyOf(ports);
    }
}
