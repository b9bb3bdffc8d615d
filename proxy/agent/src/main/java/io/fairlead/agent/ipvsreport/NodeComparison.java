package io.fairlead.agent.ipvsreport;

import io.fairlead.agent.plan.Addresses;
import io.fairlead.agent.plan.FrontendKind;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.kernel.ipvs.IpvsTimeouts;
import io.fairlead.kernel.ipvs.VirtualServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is otherwise with the node, whatever Service it is.
 *
 * <p>Confined to one thread.
 */
final class NodeComparison {

    private final BothModes modes;
    private final IpvsSettings settings;
    private final ObservedNode observed;
    private final List<Difference> found = new ArrayList<>();

    NodeComparison(BothModes modes, IpvsSettings settings, ObservedNode observed) {
        this.modes = modes;
        this.settings = settings;
        this.observed = observed;
    }

    List<Difference> compare(ServiceComparison services, Optional<KnownServers> servers) {
        addresses();
        turns(services);
        loopback();
        strictArp();
        timeouts();
        servers.ifPresent(this::unexplained);
        return found;
    }

    private void add(Topic topic, String text) {
        found.add(Difference.ofNode(topic, text));
    }

    private void addresses() {
        Set<IpAddress> clusterIps = modes.addresses(true);
        if (!clusterIps.isEmpty()) {
            add(
                    Topic.ADDRESSES,
                    "ClusterIPs are not addresses of this node any more (" + clusterIps.size()
                            + "): no pings, and nothing on the node can bind to them");
        }
        Set<IpAddress> external = modes.addresses(false);
        external.removeAll(clusterIps);
        external.removeAll(observed.addresses());
        if (!external.isEmpty()) {
            add(
                    Topic.ADDRESSES,
                    ServiceComparison.names(external)
                            + ": not of this node any more; pings and packets to ports that no Service has go where routes"
                            + " lead");
        }
        List<IpPrefix> ranges = modes.nftables().settings().serviceCidrs();
        if (!ranges.isEmpty()) {
            add(
                    Topic.ADDRESSES,
                    "addresses in " + ServiceComparison.names(ranges)
                            + " that no Service has: then packets are dropped here, and not sent where routes lead");
        }
    }

    private void turns(ServiceComparison services) {
        SortedMap<String, Integer> counts = new TreeMap<>();
        for (ObjectName service : modes.services()) {
            if (services.takesTurns(service)) {
                services.schedulerNames(service).stream()
                        .filter(name -> Schedulers.of(name) == Schedulers.TURNS)
                        .forEach(name -> counts.merge(name, 1, Integer::sum));
            }
        }
        counts.forEach((name, count) -> add(
                Topic.SCHEDULER,
                name + ": " + Schedulers.TURNS.promise()
                        + "; then one is chosen by chance for each new connection, with"
                        + " equal shares over time (Services with a choice: " + count + ")"));
    }

    private void loopback() {
        boolean begins = BothModes.nodePortsOnlyIn(modes.nftables(), modes.ipvs(), IpFamily.IPV4)
                .contains(Addresses.LOOPBACK_V4);
        boolean nodePorts = modes.frontends().anyMatch(frontend -> frontend.kind() == FrontendKind.NODE_PORT);
        if (begins && nodePorts) {
            add(
                    Topic.NODE_PORTS,
                    "then NodePorts answer processes of the node on loopback, too; nodePortAddresses [\"primary\"] leaves it"
                            + " out");
        }
    }

    private void strictArp() {
        boolean isSet = "1".equals(observed.parameters().get(ObservedNode.ARP_IGNORE))
                && "2".equals(observed.parameters().get(ObservedNode.ARP_ANNOUNCE));
        if (settings.strictArp() || isSet) {
            String left =
                    isSet ? "; net.ipv4.conf.all.arp_ignore=1 and arp_announce=2 stay until you set them to 0" : "";
            add(
                    Topic.STRICT_ARP,
                    "not needed any more: Service addresses are on no link, so nobody answers ARP for them" + left);
        }
    }

    private void timeouts() {
        IpvsTimeouts asked = settings.timeouts();
        if (observed.servers() instanceof ObservedServers.Known known) {
            timeouts(known.timeouts());
        } else if (!asked.equals(IpvsTimeouts.UNCHANGED)) {
            timeouts(asked);
        }
    }

    private void timeouts(IpvsTimeouts ipvs) {
        add(
                Topic.TIMEOUTS,
                "IPVS forgets silent connections: " + timeout("TCP", ipvs.tcpSeconds(), ObservedNode.TCP_ESTABLISHED)
                        + timeout(", TCP after FIN", ipvs.tcpFinSeconds(), ObservedNode.TCP_FIN)
                        + timeout(", UDP", ipvs.udpSeconds(), ObservedNode.UDP)
                        + "; then conntrack's time-outs alone count");
    }

    private String timeout(String what, int seconds, String parameter) {
        String ipvs = seconds == 0 ? "by the kernel's default" : "after " + seconds + " s";
        String then = observed.parameters().get(parameter);
        return what + " " + ipvs + (then == null ? "" : " (conntrack " + then + " s)");
    }

    private void unexplained(KnownServers servers) {
        for (VirtualServer server : servers.unexplained()) {
            IpAddress address = KnownServers.address(server.key());
            String at = "no Service has " + KnownServers.text(server) + " (" + server.scheduler() + "): ";
            if (observed.serviceAddresses().contains(address)) {
                add(Topic.VIRTUAL_SERVERS, at + "it ends with kube-ipvs0, which has its address");
            } else if (settings.excludes(address)) {
                add(
                        Topic.VIRTUAL_SERVERS,
                        at + "in excludeCIDRs, so another program's; it stays, but not if somebody runs ipvsadm -C");
            } else {
                add(
                        Topic.VIRTUAL_SERVERS,
                        at
                                + "left over, or another program's that excludeCIDRs does not protect; look before you remove"
                                + " it");
            }
        }
    }

    static String text(NodeSocket socket) {
        return Addresses.withPort(socket.address(), socket.port()) + "/"
                + socket.protocol().lowerName();
    }
}
