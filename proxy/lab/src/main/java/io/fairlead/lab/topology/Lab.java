package io.fairlead.lab.topology;

import io.fairlead.kernel.netns.NetNs;
import io.fairlead.lab.run.LabException;
import io.fairlead.lab.run.LabRun;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A topology as namespaces of this machine.
 *
 * <p>{@link #close} only lets go of them; the run that they were made in takes their names away. Thread-safe.
 */
public final class Lab implements AutoCloseable {

    private static final String UPLINK = "eth0";
    private static final String BRIDGE = "nodes";

    private final Topology topology;
    private final Map<String, Host> hosts;

    private Lab(Topology topology, Map<String, Host> hosts) {
        this.topology = topology;
        this.hosts = hosts;
    }

    /**
     * Builds everything; afterwards each host reaches each other one, without any Service.
     *
     * @throws io.fairlead.kernel.KernelException if the kernel refuses, for example without root
     */
    public static Lab build(LabRun run, Topology topology) {
        Map<String, Host> hosts = new LinkedHashMap<>();
        Lab lab = new Lab(topology, hosts);
        try {
            topology.hosts().forEach(spec -> hosts.put(spec.name(), new Host(spec, run.createNamespace(spec.name()))));
            lab.wire();
            return lab;
        } catch (RuntimeException e) {
            lab.close();
            throw e;
        }
    }

    private void wire() {
        try (Wiring router = Wiring.begin(host(Topology.ROUTER), true)) {
            router.bridge(BRIDGE, Topology.ROUTER.addresses(), Topology.NODE_RANGE);
            wireOutside(router);
            for (NodeSpec node : topology.nodes()) {
                wireNode(node, router);
            }
            DualStack first = topology.nodes().getFirst().host().addresses();
            router.routeTo(Topology.LOAD_BALANCER_RANGE, first, BRIDGE);
        }
    }

    private void wireOutside(Wiring router) {
        String port = Topology.OUTSIDE.name();
        try (Wiring outside = Wiring.begin(host(Topology.OUTSIDE), false)) {
            router.wire(port, outside, UPLINK);
            router.address(port, Topology.OUTSIDE_GATEWAY, Topology.OUTSIDE_RANGE);
            outside.address(UPLINK, Topology.OUTSIDE.addresses(), Topology.OUTSIDE_RANGE);
            outside.defaultRoute(Topology.OUTSIDE_GATEWAY, UPLINK);
        }
    }

    private void wireNode(NodeSpec spec, Wiring router) {
        try (Wiring node = Wiring.begin(host(spec.host()), true)) {
            router.wire(spec.name(), node, UPLINK);
            router.joinBridge(spec.name(), BRIDGE);
            router.routeTo(spec.podRange(), spec.host().addresses(), BRIDGE);
            node.address(UPLINK, spec.host().addresses(), Topology.NODE_RANGE);
            node.defaultRoute(Topology.ROUTER.addresses(), UPLINK);
            node.refuse(spec.podRange());
            for (NodeSpec other : topology.nodes()) {
                if (!other.equals(spec)) {
                    node.routeTo(other.podRange(), other.host().addresses(), UPLINK);
                }
            }
            spec.pods().forEach(pod -> wirePod(pod, spec.gateway(), node));
        }
    }

    /** As the reference CNI plugin "ptp" does it: a wire for each pod, and no bridge. */
    private void wirePod(HostSpec spec, DualStack gateway, Wiring node) {
        try (Wiring pod = Wiring.begin(host(spec), false)) {
            node.wire(spec.name(), pod, UPLINK);
            node.address(spec.name(), gateway);
            node.routeTo(spec.addresses(), spec.name());
            pod.address(UPLINK, spec.addresses());
            pod.defaultRoute(gateway, UPLINK);
        }
    }

    public Topology topology() {
        return topology;
    }

    /** The client outside of the cluster. */
    public Host outside() {
        return host(Topology.OUTSIDE);
    }

    /** The host of a spec of this topology. */
    public Host host(HostSpec spec) {
        Host host = hosts.get(spec.name());
        if (host == null) {
            throw new LabException("there is no host " + spec.name() + " in this lab");
        }
        return host;
    }

    @Override
    public void close() {
        hosts.values().stream().map(Host::namespace).forEach(NetNs::close);
    }
}
