package io.fairlead.agent;

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
import org.jspecify.annotations.Nullable;

/**
 * Reads the words of {@code fairlead explain FROM TO[:PORT][/PROTO]}.
 *
 * <p>Confined to the proxy loop's thread: Service names are looked up in the engine.
 */
final class FlowParser {

    private final SyncEngine engine;

    FlowParser(SyncEngine engine) {
        this.engine = engine;
    }

    /** Where a flow goes to; port 0 when none was given. */
    private record Target(String host, int port, Protocol protocol) {}

    /**
     * @param from {@code node}, or an address
     * @param to {@code namespace/service}, {@code node}, or an address (IPv6 in brackets when a port follows)
     * @param arrival interface that the packet arrives on; empty chooses one that fits {@code from}
     * @throws IllegalArgumentException naming the word that cannot be read
     */
    Flow parse(String from, String to, String arrival) {
        Target target = target(to);
        boolean fromNode = from.equals("node");
        IpFamily wanted = fromNode ? IpFamily.IPV4 : IpAddress.parse(from).family();
        Service service = service(target.host);
        IpAddress destination = service != null ? clusterIp(service, wanted) : address(target.host, wanted);
        IpAddress source = fromNode ? primary(destination.family()) : IpAddress.parse(from);
        int port = target.port != 0 ? target.port : onlyPort(to, service);
        Protocol protocol =
                target.port == 0 && service != null ? service.ports().getFirst().protocol() : target.protocol;
        boolean own = fromNode || engine.ofThisNode(source);
        return new Flow(source, own ? "" : arrival.isEmpty() ? "?" : arrival, destination, port, protocol);
    }

    private static Target target(String text) {
        String rest = text;
        Protocol protocol = Protocol.TCP;
        for (Protocol candidate : Protocol.values()) {
            String suffix = "/" + candidate.lowerName();
            if (rest.toLowerCase(Locale.ROOT).endsWith(suffix)) {
                protocol = candidate;
                rest = rest.substring(0, rest.length() - suffix.length());
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
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 65535) {
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
        Service service = engine.snapshot().services().get(name);
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
        return engine.planner().settings().nodePortAddresses().stream()
                .filter(address -> address.family() == family && !address.isLoopback())
                .findFirst()
                .orElse(family == IpFamily.IPV4 ? Addresses.LOOPBACK_V4 : Addresses.LOOPBACK_V6);
    }

    private static int onlyPort(String to, @Nullable Service service) {
        List<ServicePort> ports = service == null ? List.of() : service.ports();
        if (ports.size() != 1) {
            throw new IllegalArgumentException("which port of '" + to + "'? Write TO:PORT");
        }
        return ports.getFirst().port();
    }
}
