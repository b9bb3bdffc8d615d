package io.fairlead.agent.flows;

import io.fairlead.agent.plan.Addresses;
import io.fairlead.agent.plan.Backend;
import io.fairlead.agent.plan.Frontend;
import io.fairlead.agent.plan.FrontendKey;
import io.fairlead.agent.plan.PortPlan;
import io.fairlead.agent.view.NodeState;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.Ipv4Address;
import io.fairlead.cluster.model.Ipv6Address;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.kernel.conntrack.ConntrackEntry;
import io.fairlead.kernel.conntrack.TupleView;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells which entries of the conntrack table belong to Services: an index of the plan at one moment, so that the table
 * is read without the proxy loop.
 *
 * <p>Immutable.
 */
public final class ServiceFlows {

    private static final int DEFAULT_ZONE = 0;

    private final Map<FrontendKey, PortPlan> ports;
    private final Set<IpAddress> nodePortAddresses;
    /** The Services that are asked for. */
    private final Set<ObjectName> services;
    /** The only client, frontend or backend that is asked for. */
    private final Optional<IpAddress> only;

    private ServiceFlows(
            Map<FrontendKey, PortPlan> ports,
            Set<IpAddress> nodePortAddresses,
            Set<ObjectName> services,
            Optional<IpAddress> only) {
        this.ports = ports;
        this.nodePortAddresses = nodePortAddresses;
        this.services = services;
        this.only = only;
    }

    /** @param filter an address, or part of {@code namespace/name}; empty for all */
    public static ServiceFlows of(NodeState node, String filter) {
        Optional<IpAddress> only = address(filter);
        Map<FrontendKey, PortPlan> ports = new HashMap<>();
        Set<ObjectName> services = new HashSet<>();
        for (ObjectName service : node.planner().services()) {
            if (only.isPresent() || service.toString().contains(filter)) {
                services.add(service);
            }
            for (PortPlan port : node.planner().effectivePlan(service).ports()) {
                for (Frontend frontend : port.frontends()) {
                    ports.put(frontend.key(), port);
                }
            }
        }
        Set<IpAddress> addresses = Set.copyOf(node.planner().settings().nodePortAddresses());
        return new ServiceFlows(ports, addresses, services, only);
    }

    private static Optional<IpAddress> address(String filter) {
        try {
            return Optional.of(IpAddress.parse(filter));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The port that an entry goes to; nothing if it goes to none, or to none that is asked for. */
    Optional<PortPlan> port(ConntrackEntry entry) {
        TupleView sent = entry.original();
        Protocol protocol = protocol(sent.protocol());
        if (protocol == null || entry.zone() != DEFAULT_ZONE) {
            return Optional.empty();
        }
        PortPlan port = ports.get(frontend(destination(sent), sent.destinationPort(), protocol));
        if (port == null || !services.contains(port.name().service())) {
            return Optional.empty();
        }
        boolean asked = only.isEmpty()
                || List.of(source(sent), destination(sent), source(entry.reply()))
                        .contains(only.get());
        return asked ? Optional.of(port) : Optional.empty();
    }

    /** @param port that the entry goes to */
    static FlowsView.Row row(ConntrackEntry entry, PortPlan port) {
        TupleView sent = entry.original();
        IpAddress destination = destination(sent);
        IpAddress answering = source(entry.reply());
        int answeringPort = entry.reply().sourcePort();
        boolean translated = !answering.equals(destination) || answeringPort != sent.destinationPort();
        return new FlowsView.Row(
                port.name().toString(),
                Addresses.withPort(source(sent), sent.sourcePort()),
                Addresses.withPort(destination, sent.destinationPort()),
                translated ? Addresses.withPort(answering, answeringPort) : "",
                FlowState.text(port.name().protocol(), entry.protocolState(), entry.status()),
                entry.timeoutSeconds(),
                entry.packets(),
                entry.bytes(),
                note(port, translated, answering, answeringPort));
    }

    private static String note(PortPlan port, boolean translated, IpAddress answering, int answeringPort) {
        if (!translated) {
            return "not translated";
        }
        Backend backend = new Backend(answering, answeringPort, Backend.Where.UNKNOWN);
        return isAmong(port.cluster(), backend) || isAmong(port.local(), backend) ? "" : "backend is gone";
    }

    /** @param sorted by address and port, as plans are */
    private static boolean isAmong(List<Backend> sorted, Backend backend) {
        return Collections.binarySearch(sorted, backend) >= 0;
    }

    /** Exact addresses win over NodePorts. */
    private FrontendKey frontend(IpAddress destination, int port, Protocol protocol) {
        FrontendKey exact = new FrontendKey(destination, port, protocol);
        if (ports.containsKey(exact) || !nodePortAddresses.contains(destination)) {
            return exact;
        }
        return new FrontendKey(Addresses.any(destination.family()), port, protocol);
    }

    private static @Nullable Protocol protocol(int number) {
        for (Protocol protocol : Protocol.values()) {
            if (protocol.number() == number) {
                return protocol;
            }
        }
        return null;
    }

    private static IpAddress source(TupleView view) {
        return address(view.isIpv6(), view.sourceHigh(), view.sourceLow());
    }

    private static IpAddress destination(TupleView view) {
        return address(view.isIpv6(), view.destinationHigh(), view.destinationLow());
    }

    private static IpAddress address(boolean ipv6, long high, long low) {
        return ipv6 ? new Ipv6Address(high, low) : new Ipv4Address((int) low);
    }
}
