package io.fairlead.agent.view;

import io.fairlead.agent.plan.Addresses;
import io.fairlead.agent.plan.Flow;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.cluster.model.Service;
import io.fairlead.cluster.model.ServicePort;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the words of {@code fairlead explain FROM TO[:PORT][/PROTO]}.
 *
 * <p>Confined to the thread that plans: Service names are looked up in the state of the node.
 */
public final class FlowParser {

    private final NodeState node;

    public FlowParser(NodeState node) {
        this.node = node;
    }

    /** Where a flow goes to; port 0 and no protocol when none was given. */
    private record Target(String host, int port, Optional<Protocol> protocol) {}

    /**
     * @param from {@code node}, or an address
     * @param to {@code namespace/service}, {@code node}, or an address (IPv6 in brackets when a port follows)
     * @param arrival interface that the packet arrives on; empty chooses one that fits {@code from}
     * @throws IllegalArgumentException naming the word that cannot be read
     */
    public Flow parse(String from, String to, String arrival) {
        Target target = target(to);
        boolean fromNode = from.equals("node");
        IpFamily wanted = fromNode ? IpFamily.IPV4 : IpAddress.parse(from).family();
        Service service = service(target.host);
        IpAddress destination = service != null ? clusterIp(service, wanted) : address(target.host, wanted);
        IpAddress source = fromNode ? primary(destination.family()) : IpAddress.parse(from);
        if (source.family() != destination.family()) {
            throw new IllegalArgumentException(source + " and " + destination + " are of different families");
        }
        ServicePort only = target.port != 0 ? null : onlyPort(to, service, target.protocol);
        int port = only == null ? target.port : only.port();
        Protocol protocol = only == null ? target.protocol.orElse(Protocol.TCP) : only.protocol();
        boolean own = fromNode || node.ofThisNode(source);
        return new Flow(source, own ? "" : arrival.isEmpty() ? "?" : arrival, destination, port, protocol);
    }

    private static Target target(String text) {
        String rest = text;
        Optional<Protocol> protocol = Optional.empty();
        for (Protocol candidate : Protocol.values()) {
            String suffix = "/" + candidate.lowerName();
            if (text.toLowerCase(Locale.ROOT).endsWith(suffix)) {
                protocol = Optional.of(candidate);
                rest = text.substring(0, text.length() - suffix.length());
            }
        }
        int colon = rest.lastIndexOf(':');
        boolean bareV6 = colon >= 0 && rest.indexOf(':') != colon && !rest.startsWith("[");
        if (colon < 0 || bareV6 || rest.endsWith("]")) {
            return new Target(unbracketed(rest), 0, protocol);
        }
        return new Target(unbracketed(rest.substring(0, colon)), port(rest.substring(colon + 1)), protocol);
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private static int port(String text) {
        if (!text.matches("[1-9][0-9]{0,4}") || Integer.parseInt(text) > 65535) {
            throw new IllegalArgumentException("not a port: '" + text + "'");
        }
        return Integer.parseInt(text);
    }

    private @Nullable Service service(String host) {
        int slash = host.indexOf('/');
        if (slash < 0) {
            return null;
        }
        ObjectName name = new ObjectName(host.substring(0, slash), host.substring(slash + 1));
        Service service = node.snapshot().services().get(name);
        if (service == null) {
            throw new IllegalArgumentException("no Service " + name);
        }
        return service;
    }

    private static IpAddress clusterIp(Service service, IpFamily wanted) {
        List<IpAddress> addresses = service.clusterIps();
        return addresses.stream()
                .filter(address -> address.family() == wanted)
                .findFirst()
                .orElse(addresses.getFirst());
    }

    private IpAddress address(String host, IpFamily family) {
        return host.equals("node") ? primary(family) : IpAddress.parse(host);
    }

    private IpAddress primary(IpFamily family) {
        return node.planner().settings().nodePortAddresses().stream()
                .filter(address -> address.family() == family && !address.isLoopback())
                .findFirst()
                .orElse(family == IpFamily.IPV4 ? Addresses.LOOPBACK_V4 : Addresses.LOOPBACK_V6);
    }

    private static ServicePort onlyPort(String to, @Nullable Service service, Optional<Protocol> protocol) {
        List<ServicePort> ports = service == null ? List.of() : service.ports();
        List<ServicePort> candidates = ports.stream()
                .filter(port -> protocol.isEmpty() || protocol.get() == port.protocol())
                .toList();
        if (candidates.size() != 1) {
            throw new IllegalArgumentException("which port of '" + to + "'? Write TO:PORT");
        }
        return candidates.getFirst();
    }
}
