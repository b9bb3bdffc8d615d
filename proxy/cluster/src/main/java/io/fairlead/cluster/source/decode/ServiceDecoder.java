package io.fairlead.cluster.source.decode;

import io.fairlead.cluster.model.ClusterObject;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.cluster.model.ProxyFacts;
import io.fairlead.cluster.model.Service;
import io.fairlead.cluster.model.ServicePort;
import io.fairlead.cluster.model.ServiceType;
import io.fairlead.cluster.model.TrafficPolicy;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decodes {@code v1/Service}. For a node, a Service with nothing to route decodes to nothing: one handed to another proxy
 * by label, of type ExternalName, or without a cluster address.
 *
 * <p>Confined to the thread of its source.
 */
final class ServiceDecoder implements KindDecoder {

    /** Of {@code sessionAffinityConfig.clientIP.timeoutSeconds} (API reference). */
    private static final int AFFINITY_TIMEOUT_SECONDS_DEFAULT = 10800;

    private static final int AFFINITY_TIMEOUT_SECONDS_MAX = 86400;

    private static final int ADDRESSES_MAX = 1000;

    /** Of a DNS name with its final dot. */
    private static final int EXTERNAL_NAME_MAX = 254;

    private final boolean forProxy;
    private final Interner interner;

    ServiceDecoder(Audience audience, Interner interner) {
        this.forProxy = audience == Audience.PROXY;
        this.interner = interner;
    }

    @Override
    public Optional<ClusterObject> decode(ObjectName name, Field object) {
        Field labels = object.at("metadata").at("labels");
        if (!forProxy && labels.at(ObjectDecoder.PROXY_NAME_LABEL).isPresent()) {
            return Optional.empty();
        }
        Field spec = object.at("spec");
        ServiceType type =
                spec.at("type").oneOf(ServiceType.class, "ClusterIP", "NodePort", "LoadBalancer", "ExternalName");
        boolean external = type == ServiceType.EXTERNAL_NAME;
        List<IpAddress> clusterIps = external ? List.of() : clusterIps(spec);
        if (clusterIps.isEmpty() && !forProxy) {
            return Optional.empty();
        }
        Set<IpFamily> families = EnumSet.noneOf(IpFamily.class);
        for (IpAddress address : clusterIps) {
            families.add(address.family());
        }
        return Optional.of(new Service(
                name,
                type,
                clusterIps,
                interner.share(ports(spec.at("ports"))),
                policy(spec.at("internalTrafficPolicy")),
                policy(spec.at("externalTrafficPolicy")),
                externalIps(spec.at("externalIPs"), families),
                loadBalancerIps(object.at("status").at("loadBalancer").at("ingress"), families),
                sourceRanges(spec.at("loadBalancerSourceRanges"), families),
                affinityTimeoutSeconds(spec),
                spec.at("healthCheckNodePort").number(0, 0, 65535, "a port"),
                forProxy ? proxyFacts(object, external) : ProxyFacts.NONE));
    }

    private ProxyFacts proxyFacts(Field object, boolean external) {
        Field spec = object.at("spec");
        Map<Integer, String> protocols = new HashMap<>();
        for (Field item : spec.at("ports").items(KindDecoder.PORTS_MAX)) {
            String protocol = item.at("appProtocol").text(253);
            String transport = item.at("protocol").text(64);
            if (!protocol.isEmpty() && (transport.isEmpty() || transport.equals("TCP"))) {
                protocols.put(item.at("port").number(0, 1, 65535, "a port"), protocol);
            }
        }
        String name = external ? spec.at("externalName").text(EXTERNAL_NAME_MAX) : "";
        List<String> loadBalancer = loadBalancer(object.at("status"));
        return protocols.isEmpty() && name.isEmpty() && loadBalancer.isEmpty()
                ? ProxyFacts.NONE
                : interner.share(new ProxyFacts(name, protocols, loadBalancer));
    }

    private static List<String> loadBalancer(Field status) {
        List<String> published = new ArrayList<>();
        for (Field item : status.at("loadBalancer").at("ingress").items(ADDRESSES_MAX)) {
            String ip = item.at("ip").text(256);
            published.add(ip.isEmpty() ? item.at("hostname").text(EXTERNAL_NAME_MAX) : ip);
        }
        return published;
    }

    /** The cluster addresses, or none for a headless Service and one that was not given an address yet. */
    private static List<IpAddress> clusterIps(Field spec) {
        Field list = spec.at("clusterIPs");
        List<Field> fields = list.items(16);
        if (fields.isEmpty()) {
            fields = List.of(spec.at("clusterIP"));
        }
        List<IpAddress> addresses = new ArrayList<>(2);
        for (Field field : fields) {
            String text = field.text(256);
            if (text.isEmpty() || text.equals("None")) {
                return List.of();
            }
            IpAddress address = ordinary(field);
            for (IpAddress earlier : addresses) {
                if (earlier.family() == address.family()) {
                    throw field.error(address + " is a second address of its family beside " + earlier);
                }
            }
            addresses.add(address);
        }
        return addresses;
    }

    private List<ServicePort> ports(Field list) {
        List<ServicePort> ports = new ArrayList<>();
        Set<Object> taken = new HashSet<>();
        for (Field item : list.items(KindDecoder.PORTS_MAX)) {
            Field number = item.at("port");
            if (!number.isPresent()) {
                throw number.error("is missing");
            }
            ServicePort port = new ServicePort(
                    interner.share(item.at("name").name(63)),
                    item.at("protocol").oneOf(Protocol.class, "TCP", "UDP", "SCTP"),
                    number.number(0, 1, 65535, "a port"),
                    item.at("nodePort").number(0, 0, 65535, "a port"));
            if (!taken.add("name " + port.name() + port.protocol())) {
                throw item.error("a second port named " + Quoted.of(port.name()) + " for " + port.protocol());
            }
            if (!taken.add("port " + port.port() + port.protocol())) {
                throw item.error("port " + port.port() + "/" + port.protocol() + " is there twice");
            }
            if (port.nodePort() != 0 && !taken.add("nodePort " + port.nodePort() + port.protocol())) {
                throw item.error("nodePort " + port.nodePort() + "/" + port.protocol() + " is there twice");
            }
            ports.add(port);
        }
        return List.copyOf(ports);
    }

    private static TrafficPolicy policy(Field field) {
        return field.oneOf(TrafficPolicy.class, "Cluster", "Local");
    }

    private static List<IpAddress> externalIps(Field list, Set<IpFamily> families) {
        Set<IpAddress> addresses = new LinkedHashSet<>();
        for (Field item : list.items(ADDRESSES_MAX)) {
            IpAddress address = ordinary(item);
            if (address.isLinkLocal()) {
                throw item.error(address + " is link-local");
            }
            if (families.contains(address.family())) {
                addresses.add(address);
            }
        }
        return List.copyOf(addresses);
    }

    /** Entries with only a host name, or that want to be reached through the load balancer, are none of ours. */
    private static List<IpAddress> loadBalancerIps(Field list, Set<IpFamily> families) {
        Set<IpAddress> addresses = new LinkedHashSet<>();
        for (Field item : list.items(ADDRESSES_MAX)) {
            String mode = item.at("ipMode").text(64);
            Field ip = item.at("ip");
            if (ip.text(256).isEmpty() || !mode.isEmpty() && !mode.equals("VIP")) {
                continue;
            }
            IpAddress address = ordinary(ip);
            if (families.contains(address.family())) {
                addresses.add(address);
            }
        }
        return List.copyOf(addresses);
    }

    private static List<IpPrefix> sourceRanges(Field list, Set<IpFamily> families) {
        Set<IpPrefix> ranges = new LinkedHashSet<>();
        for (Field item : list.items(10 * ADDRESSES_MAX)) {
            IpPrefix range = item.prefix();
            if (families.contains(range.family())) {
                ranges.add(range);
            }
        }
        return List.copyOf(ranges);
    }

    private enum Affinity {
        NONE,
        CLIENT_IP
    }

    private static int affinityTimeoutSeconds(Field spec) {
        if (spec.at("sessionAffinity").oneOf(Affinity.class, "None", "ClientIP") == Affinity.NONE) {
            return 0;
        }
        return spec.at("sessionAffinityConfig")
                .at("clientIP")
                .at("timeoutSeconds")
                .number(AFFINITY_TIMEOUT_SECONDS_DEFAULT, 1, AFFINITY_TIMEOUT_SECONDS_MAX, "a number of seconds");
    }

    /** Taking over such an address would break the node itself; the API server refuses them too. */
    private static IpAddress ordinary(Field field) {
        IpAddress address = field.address();
        if (address.isUnspecified() || address.isLoopback()) {
            throw field.error(address + " cannot be the address of a Service");
        }
        return address;
    }
}
