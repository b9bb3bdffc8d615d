package io.fairlead.test.scenario;

import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.AgentPolicy.PodDetection;
import io.fairlead.agent.plan.NodePortAddresses;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.test.AddressPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Options of the agent as {@code node:} lines of a scenario give them. Not given: pods are told by the cluster's
 * ranges, externalIPs are served, NodePorts are on primary addresses and loopback.
 *
 * <p>Confined to one thread.
 */
public final class NodeOptions {

    private static final int MASQUERADE_BIT = 14;

    private String mode = "ClusterCIDR";
    private List<String> clusterCidr = List.of(AddressPlan.CLUSTER_CIDR_V4, AddressPlan.CLUSTER_CIDR_V6);
    private boolean masqueradeAll;
    private boolean externalIps = true;
    private List<String> nodePortAddresses = List.of();
    private boolean localhostNodePorts = true;

    /** Takes {@code name=value}, spelled like kube-proxy's flags. */
    public void set(String option) {
        int equals = option.indexOf('=');
        String name = equals < 0 ? option : option.substring(0, equals);
        String value = option.substring(equals + 1);
        switch (name) {
            case "detect-local-mode" -> mode = value;
            case "cluster-cidr" -> clusterCidr = list(value);
            case "masquerade-all" -> masqueradeAll = Boolean.parseBoolean(value);
            case "external-ips" -> externalIps = Boolean.parseBoolean(value);
            case "nodeport-addresses" -> nodePortAddresses = list(value);
            case "iptables-localhost-nodeports" -> localhostNodePorts = Boolean.parseBoolean(value);
            default -> throw new IllegalArgumentException("no option '" + name + "'");
        }
    }

    private static List<String> list(String value) {
        return value.isEmpty() ? List.of() : Arrays.asList(value.split(",", -1));
    }

    /** The policy that the options make. */
    public AgentPolicy policy() {
        NodePortAddresses nodePorts = NodePortAddresses.parse(nodePortAddresses);
        return new AgentPolicy(
                AddressPlan.NODE,
                podDetection(),
                masqueradeAll,
                MASQUERADE_BIT,
                externalIps,
                localhostNodePorts ? nodePorts : nodePorts.withoutLoopback());
    }

    private PodDetection podDetection() {
        return switch (mode) {
            case "ClusterCIDR" -> {
                List<IpPrefix> ranges = new ArrayList<>();
                clusterCidr.forEach(text -> ranges.add(IpPrefix.parse(text)));
                yield new PodDetection.ClusterCidr(ranges);
            }
            case "NodeCIDR" -> new PodDetection.NodeCidr();
            case "BridgeInterface" -> new PodDetection.BridgeInterface(AddressPlan.BRIDGE);
            case "InterfaceNamePrefix" -> new PodDetection.InterfaceNamePrefix("cni");
            default -> throw new IllegalArgumentException("no detect-local-mode '" + mode + "'");
        };
    }
}
