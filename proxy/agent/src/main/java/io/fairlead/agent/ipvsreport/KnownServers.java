package io.fairlead.agent.ipvsreport;

import io.fairlead.agent.dataplane.ipvs.ServerRenderer;
import io.fairlead.agent.plan.Addresses;
import io.fairlead.agent.plan.Frontend;
import io.fairlead.agent.plan.FrontendKind;
import io.fairlead.agent.plan.PortPlan;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.kernel.IpBytes;
import io.fairlead.kernel.ipvs.RealServerKey;
import io.fairlead.kernel.ipvs.RealServerStatus;
import io.fairlead.kernel.ipvs.VirtualServer;
import io.fairlead.kernel.ipvs.VirtualServerKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The virtual servers of the kernel, each with the frontend that explains it. Frontends that have none where there should
 * be one are kept, too.
 *
 * <p>Confined to one thread.
 */
final class KnownServers {

    /**
     * A frontend and what IPVS has for it. Immutable.
     *
     * @param wanted endpoints that it should lead to
     * @param real those that it has
     */
    record Served(Frontend frontend, VirtualServer server, Set<RealServerKey> wanted, List<RealServerStatus> real) {}

    private record Expected(PortPlan port, Frontend frontend) {}

    private final Map<VirtualServerKey, Expected> expected = new HashMap<>();
    private final Map<ObjectName, List<Served>> served = new HashMap<>();
    private final Map<ObjectName, List<Frontend>> missing = new HashMap<>();
    private final List<VirtualServer> unexplained = new ArrayList<>();

    KnownServers(BothModes modes, ObservedServers.Known known, Set<IpAddress> ofServices) {
        for (ObjectName service : modes.services()) {
            for (PortPlan port : modes.ports(service)) {
                port.frontends()
                        .forEach(frontend -> expected.put(
                                ServerRenderer.key(frontend, frontend.key().address()), new Expected(port, frontend)));
            }
        }
        Set<Frontend> found = new HashSet<>();
        known.servers().forEach((server, real) -> {
            Optional<Expected> why = explain(server.key(), ofServices);
            if (why.isEmpty()) {
                unexplained.add(server);
            } else {
                Frontend frontend = why.get().frontend;
                found.add(frontend);
                Set<RealServerKey> wanted = ServerRenderer.realServers(why.get().port, frontend);
                served.computeIfAbsent(frontend.port().service(), _ -> new ArrayList<>())
                        .add(new Served(frontend, server, wanted, real));
            }
        });
        served.values().forEach(list -> list.sort(Comparator.comparing(each -> text(each.server))));
        unexplained.sort(Comparator.comparing(KnownServers::text));
        modes.frontends()
                .filter(frontend -> !found.contains(frontend) && isAnywhere(frontend, modes))
                .forEach(frontend -> missing.computeIfAbsent(frontend.port().service(), _ -> new ArrayList<>())
                        .add(frontend));
    }

    /** Exact addresses win over NodePorts, which are on none of the addresses of Services. */
    private Optional<Expected> explain(VirtualServerKey key, Set<IpAddress> ofServices) {
        Expected exact = expected.get(key);
        IpAddress address = address(key);
        if (exact != null || ofServices.contains(address)) {
            return Optional.ofNullable(exact);
        }
        IpAddress any = Addresses.any(address.family());
        return Optional.ofNullable(
                expected.get(new VirtualServerKey(IpBytes.address(any.toBytes()), key.protocol(), key.port())));
    }

    /** A node without addresses of a family has its NodePorts nowhere. */
    private static boolean isAnywhere(Frontend frontend, BothModes modes) {
        return frontend.kind() != FrontendKind.NODE_PORT
                || modes.ipvs().settings().nodePortAddresses().stream()
                        .anyMatch(address ->
                                address.family() == frontend.key().address().family());
    }

    static IpAddress address(VirtualServerKey key) {
        return IpAddress.ofBytes(key.address().getAddress());
    }

    /** As the kernel's tools write it. */
    static String text(VirtualServer server) {
        VirtualServerKey key = server.key();
        String port = Addresses.withPort(address(key), key.port());
        String all = key.toString();
        return port + all.substring(all.lastIndexOf('/'));
    }

    List<Served> of(ObjectName service) {
        return served.getOrDefault(service, List.of());
    }

    List<Frontend> missing(ObjectName service) {
        return missing.getOrDefault(service, List.of());
    }

    /** No Service has their address and port. */
    List<VirtualServer> unexplained() {
        return unexplained;
    }
}
