package io.fairlead.test.property;

import io.fairlead.cluster.model.ClusterObject;
import io.fairlead.cluster.model.Endpoint;
import io.fairlead.cluster.model.EndpointPort;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.cluster.model.Node;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.cluster.model.Service;
import io.fairlead.cluster.model.ServiceCidr;
import io.fairlead.cluster.model.ServicePort;
import io.fairlead.cluster.model.ServiceType;
import io.fairlead.cluster.model.TrafficPolicy;
import io.fairlead.test.AddressPlan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Makes objects of a small world, so that they meet: few names, few addresses, few ports, and therefore many clashes.
 *
 * <p>Confined to one thread.
 */
public final class RandomCluster {

    static final List<Integer> PORTS = List.of(80, 443, 53);
    static final List<Integer> NODE_PORTS = List.of(30080, 30081, 30443);
    static final List<Integer> TARGET_PORTS = List.of(8080, 8443);
    static final List<String> CLUSTER_IPS =
            List.of("172.30.0.1", "172.30.0.2", "172.30.0.3", "172.30.0.4", "172.30.0.5", "172.30.0.6", "172.30.0.7");
    static final List<String> CLUSTER_IPS_V6 =
            List.of("fd00:172:30::1", "fd00:172:30::2", "fd00:172:30::3", "fd00:172:30::4");
    static final List<String> LOAD_BALANCER_IPS = List.of("5.6.7.8", "5.6.7.9", "fd00:5:6:7::8");
    static final List<String> EXTERNAL_IPS =
            List.of("192.168.99.11", "5.6.7.9", "192.168.0.2", "172.30.0.2", "fd00:192:168:99::11");

    private static final List<String> NAMES = List.of("web", "shop", "dns", "auth", "mail");
    private static final List<String> RANGES = List.of(
            "203.0.113.0/25",
            "203.0.113.128/26",
            "10.180.0.0/16",
            "10.180.0.101/32",
            "192.168.0.2/32",
            "0.0.0.0/0",
            "fd00:203:113::/64",
            "fd00:10:180::/64");
    private static final List<String> ZONES = List.of("zone-a", "zone-b");
    private static final List<String> NODES = List.of(AddressPlan.NODE, "node-2");

    private final Random random;
    private final Set<Protocol> protocols;

    /** @param protocols of Service ports */
    public RandomCluster(Random random, Set<Protocol> protocols) {
        this.random = random;
        this.protocols = protocols;
    }

    /** Any object: a new one, or another version of one that was made before. */
    public ClusterObject object() {
        int kind = random.nextInt(20);
        if (kind == 0) {
            return node();
        }
        if (kind == 1) {
            return new ServiceCidr("range-" + random.nextInt(2), List.of(IpPrefix.parse("172.30.0.0/16")));
        }
        return kind < 10 ? service() : slice();
    }

    private Node node() {
        List<IpAddress> internal = new ArrayList<>();
        if (chance(90)) {
            internal.add(chance(80) ? AddressPlan.NODE_V4 : AddressPlan.NODE_SECOND_V4);
        }
        if (chance(70)) {
            internal.add(AddressPlan.NODE_V6);
        }
        List<IpPrefix> pods =
                chance(90) ? List.of(IpPrefix.parse("10.180.0.0/24"), IpPrefix.parse("fd00:10:180::/64")) : List.of();
        return new Node(AddressPlan.NODE, internal, List.of(), pods, chance(80) ? pick(ZONES) : "", false, false);
    }

    Service service() {
        ObjectName name = name();
        List<IpAddress> clusterIps = new ArrayList<>();
        boolean v4 = chance(85);
        if (v4) {
            clusterIps.add(ip(pick(CLUSTER_IPS)));
        }
        if (!v4 || chance(30)) {
            clusterIps.add(ip(pick(CLUSTER_IPS_V6)));
        }
        return new Service(
                name,
                pick(List.of(ServiceType.CLUSTER_IP, ServiceType.NODE_PORT, ServiceType.LOAD_BALANCER)),
                clusterIps,
                ports(),
                pick(List.of(TrafficPolicy.CLUSTER, TrafficPolicy.LOCAL)),
                pick(List.of(TrafficPolicy.CLUSTER, TrafficPolicy.LOCAL)),
                chance(30) ? addresses(EXTERNAL_IPS) : List.of(),
                chance(50) ? addresses(LOAD_BALANCER_IPS) : List.of(),
                chance(30) ? ranges() : List.of(),
                chance(30) ? pick(List.of(60, 10_800)) : 0,
                0);
    }

    private List<ServicePort> ports() {
        List<ServicePort> ports = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (int i = 0; i <= random.nextInt(3); i++) {
            Protocol protocol = pick(List.copyOf(protocols));
            int number = pick(PORTS);
            String name = pick(List.of("", "http", "dns"));
            int nodePort = chance(60) ? pick(NODE_PORTS) : 0;
            List<String> keys = new ArrayList<>(List.of(protocol + "/" + number, protocol + "." + name));
            if (nodePort != 0) {
                keys.add(protocol + ":" + nodePort);
            }
            if (Collections.disjoint(taken, keys)) {
                taken.addAll(keys);
                ports.add(new ServicePort(name, protocol, number, nodePort));
            }
        }
        return ports;
    }

    EndpointSlice slice() {
        ObjectName service = name();
        IpFamily family = chance(70) ? IpFamily.IPV4 : IpFamily.IPV6;
        List<Endpoint> endpoints = new ArrayList<>();
        int count = random.nextInt(5);
        boolean hinted = chance(30);
        for (int i = 0; i < count; i++) {
            endpoints.add(endpoint(family, hinted));
        }
        List<EndpointPort> ports = new ArrayList<>();
        for (String name : List.of("", "http", "dns")) {
            for (Protocol protocol : protocols) {
                if (chance(70)) {
                    ports.add(new EndpointPort(name, protocol, pick(TARGET_PORTS)));
                }
            }
        }
        return new EndpointSlice(
                new ObjectName(service.namespace(), "slice-" + random.nextInt(12)), service, family, endpoints, ports);
    }

    private Endpoint endpoint(IpFamily family, boolean hinted) {
        boolean local = chance(50);
        boolean ready = chance(70);
        return new Endpoint(
                endpointAddress(family, local),
                ready,
                ready || chance(50),
                chance(30),
                local ? AddressPlan.NODE : "node-2",
                hinted && chance(90) ? List.of(pick(ZONES)) : List.of(),
                hinted && chance(60) ? List.of(pick(NODES)) : List.of());
    }

    /** Endpoints of the address plan; the pod that is a client too is among them. */
    private IpAddress endpointAddress(IpFamily family, boolean local) {
        String last = local && chance(20) ? "102" : String.valueOf(1 + random.nextInt(5));
        if (family == IpFamily.IPV4) {
            return ip((local ? "10.180.0." : "10.180.1.") + last);
        }
        return ip((local ? "fd00:10:180::" : "fd00:10:180:1::") + last);
    }

    private List<IpAddress> addresses(List<String> pool) {
        Set<IpAddress> chosen = new HashSet<>();
        for (int i = 0; i <= random.nextInt(2); i++) {
            chosen.add(ip(pick(pool)));
        }
        return chosen.stream().sorted().toList();
    }

    private List<IpPrefix> ranges() {
        Set<IpPrefix> chosen = new HashSet<>();
        for (int i = 0; i <= random.nextInt(3); i++) {
            chosen.add(IpPrefix.parse(pick(RANGES)));
        }
        return chosen.stream().sorted().toList();
    }

    private ObjectName name() {
        return new ObjectName(chance(80) ? "default" : "other", pick(NAMES));
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private static IpAddress ip(String text) {
        return IpAddress.parse(text);
    }
}
