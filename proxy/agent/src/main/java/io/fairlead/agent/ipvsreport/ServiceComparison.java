package io.fairlead.agent.ipvsreport;

import io.fairlead.agent.ipvsreport.KnownServers.Served;
import io.fairlead.agent.plan.Addresses;
import io.fairlead.agent.plan.Frontend;
import io.fairlead.agent.plan.FrontendKind;
import io.fairlead.agent.plan.PortPlan;
import io.fairlead.agent.plan.Routing;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.kernel.ipvs.RealServerKey;
import io.fairlead.kernel.ipvs.RealServerStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What is otherwise with one Service.
 *
 * <p>Confined to one thread.
 */
final class ServiceComparison {

    /** More of a kind than a person reads are counted. */
    private static final int NAMED_MAX = 5;

    private final BothModes modes;
    private final IpvsSettings settings;
    private final ObservedNode observed;
    private final Optional<KnownServers> servers;

    ServiceComparison(BothModes modes, IpvsSettings settings, ObservedNode observed, Optional<KnownServers> servers) {
        this.modes = modes;
        this.settings = settings;
        this.observed = observed;
        this.servers = servers;
    }

    List<Difference> of(ObjectName service) {
        List<Difference> found = new ArrayList<>();
        List<PortPlan> ports = modes.ports(service);
        schedulers(service, ports, found);
        affinity(service, ports, found);
        for (PortPlan port : ports) {
            trafficPolicy(service, port, found);
            nodePorts(service, port, found);
        }
        sockets(service, ports, found);
        servers.ifPresent(known -> {
            compareServers(service, known, found);
            connections(service, known, found);
        });
        return found;
    }

    private void schedulers(ObjectName service, List<PortPlan> ports, List<Difference> found) {
        int most = choice(ports);
        if (most < 2) {
            return;
        }
        boolean keepsClients = ports.getFirst().affinitySeconds() > 0;
        for (String name : schedulerNames(service)) {
            Schedulers kind = Schedulers.of(name);
            String than = "; then each new connection goes to any of " + most + ", by chance";
            switch (kind) {
                case TURNS -> {}
                case BY_CLIENT -> {
                    if (!keepsClients) {
                        found.add(Difference.of(
                                service,
                                Topic.SCHEDULER,
                                name + ": " + kind.promise() + than + "; sessionAffinity ClientIP keeps a client"));
                    }
                }
                case FEWEST, BY_ADDRESS, FIRST ->
                    found.add(Difference.of(service, Topic.SCHEDULER, name + ": " + kind.promise() + than));
            }
        }
    }

    /** The most endpoints that a port of the Service chooses from. */
    private int choice(List<PortPlan> ports) {
        return ports.stream()
                .map(modes::counterpart)
                .mapToInt(port -> Math.max(port.cluster().size(), port.local().size()))
                .max()
                .orElse(0);
    }

    /** Whether endpoints of the Service take turns now, and will not. */
    boolean takesTurns(ObjectName service) {
        return choice(modes.ports(service)) > 1
                && schedulerNames(service).stream().anyMatch(name -> Schedulers.of(name) == Schedulers.TURNS);
    }

    /** Those that the kernel has for the Service, else the one that was asked for. */
    SortedSet<String> schedulerNames(ObjectName service) {
        SortedSet<String> names = new TreeSet<>();
        servers.ifPresent(known ->
                known.of(service).forEach(served -> names.add(served.server().scheduler())));
        if (names.isEmpty()) {
            names.add(settings.scheduler());
        }
        return names;
    }

    private static void affinity(ObjectName service, List<PortPlan> ports, List<Difference> found) {
        int seconds = ports.stream().mapToInt(PortPlan::affinitySeconds).max().orElse(0);
        if (seconds > 0) {
            found.add(Difference.of(
                    service,
                    Topic.AFFINITY,
                    "ClientIP for " + seconds + " s: counted from the end of a client's last connection, for each"
                            + " address of the Service; then from the beginning of its last one, for a port of the"
                            + " Service whatever the address; clients are given an endpoint anew once"));
        }
    }

    private void trafficPolicy(ObjectName service, PortPlan port, List<Difference> found) {
        PortPlan then = modes.counterpart(port);
        List<Frontend> changed = port.frontends().stream()
                .filter(frontend -> then.frontends().stream()
                        .anyMatch(other -> other.key().equals(frontend.key())
                                && frontend.routing() == Routing.DIRECT_LOCAL
                                && other.routing() == Routing.PRESERVE_SOURCE))
                .toList();
        if (changed.isEmpty()) {
            return;
        }
        String at = changed.stream().map(frontend -> frontend.key().toString()).collect(Collectors.joining(", "));
        int here = port.local().size();
        int all = then.cluster().size();
        if (!then.cluster().equals(port.local())) {
            found.add(Difference.of(
                    service,
                    Topic.TRAFFIC_POLICY,
                    at + ", externalTrafficPolicy Local: pods and the node itself get to the " + here
                            + " of this node only; then to all " + all));
        }
        boolean ofService = changed.stream().anyMatch(frontend -> frontend.kind() != FrontendKind.NODE_PORT);
        if (ofService) {
            found.add(Difference.of(
                    service,
                    Topic.TRAFFIC_POLICY,
                    at + ": endpoints see the Service's address as source of the node's own connections; then the"
                            + " node's"));
        }
    }

    private void nodePorts(ObjectName service, PortPlan port, List<Difference> found) {
        List<IpAddress> gone = BothModes.nodePortsOnlyIn(modes.ipvs(), modes.nftables(), port.family());
        List<Frontend> nodePorts = port.frontends().stream()
                .filter(frontend -> frontend.kind() == FrontendKind.NODE_PORT)
                .toList();
        for (Frontend frontend : gone.isEmpty() ? List.<Frontend>of() : nodePorts) {
            String everywhere = port.family() == IpFamily.IPV4 ? "0.0.0.0/0" : "::/0";
            found.add(Difference.of(
                    service,
                    Topic.NODE_PORTS,
                    frontend.key() + ": not on " + names(gone) + "; nodePortAddresses [\"" + everywhere
                            + "\"] keeps them"));
        }
    }

    private void sockets(ObjectName service, List<PortPlan> ports, List<Difference> found) {
        Set<IpAddress> own = ports.stream()
                .flatMap(port -> port.frontends().stream())
                .map(frontend -> frontend.key().address())
                .filter(observed.serviceAddresses()::contains)
                .collect(Collectors.toSet());
        SortedMap<String, Integer> connected = new TreeMap<>();
        for (NodeSocket socket : observed.sockets()) {
            if (!own.contains(socket.address())) {
                continue;
            }
            String who = socket.process().isEmpty() ? "a process" : socket.process();
            if (socket.listens()) {
                found.add(Difference.of(
                        service,
                        Topic.SOCKETS,
                        who + " is bound to " + NodeComparison.text(socket)
                                + ": the node will not have this address, so nobody gets there, and it cannot be bound"
                                + " again"));
            } else {
                connected.merge(who + " has connections from " + socket.address(), 1, Integer::sum);
            }
        }
        connected.forEach((what, count) -> found.add(
                Difference.of(service, Topic.SOCKETS, what + " (" + count + "): they end when kube-ipvs0 goes")));
    }

    private static void compareServers(ObjectName service, KnownServers known, List<Difference> found) {
        for (Frontend frontend : known.missing(service)) {
            found.add(Difference.of(
                    service,
                    Topic.VIRTUAL_SERVERS,
                    "there is no virtual server for " + frontend.key() + ": kube-proxy is behind, or somebody removed"
                            + " it; then it is served"));
        }
        for (Served served : known.of(service)) {
            String at = KnownServers.text(served.server());
            SortedSet<String> stale = new TreeSet<>();
            SortedSet<String> lacking = new TreeSet<>();
            served.wanted().forEach(key -> lacking.add(text(key)));
            for (RealServerStatus status : served.real()) {
                RealServerKey key = status.server().key();
                lacking.remove(text(key));
                if (!served.wanted().contains(key) && status.server().weight() > 0) {
                    stale.add(text(key));
                }
                if (status.server().weight() > 1) {
                    found.add(Difference.of(
                            service,
                            Topic.WEIGHTS,
                            text(key) + " has weight " + status.server().weight() + " at " + at
                                    + ", which kube-proxy did not give; then endpoints have equal shares"));
                }
            }
            if (!stale.isEmpty()) {
                found.add(Difference.of(
                        service,
                        Topic.VIRTUAL_SERVERS,
                        at + " leads to " + names(stale) + ", which the Service does not have; then not"));
            }
            if (!lacking.isEmpty()) {
                found.add(Difference.of(
                        service, Topic.VIRTUAL_SERVERS, at + " does not lead to " + names(lacking) + "; then it does"));
            }
        }
    }

    private static void connections(ObjectName service, KnownServers known, List<Difference> found) {
        long active = 0;
        long inactive = 0;
        for (Served served : known.of(service)) {
            for (RealServerStatus status : served.real()) {
                active += status.activeConnections();
                inactive += status.inactiveConnections();
            }
        }
        if (active + inactive > 0) {
            found.add(Difference.of(
                    service,
                    Topic.CONNECTIONS,
                    "IPVS carries " + active + " active and " + inactive
                            + " inactive ones, which end when kube-ipvs0 goes: let them end before"));
        }
    }

    private static String text(RealServerKey key) {
        return Addresses.withPort(IpAddress.ofBytes(key.address().getAddress()), key.port());
    }

    static String names(Iterable<?> all) {
        List<String> names = new ArrayList<>();
        all.forEach(each -> names.add(each.toString()));
        String named = names.stream().limit(NAMED_MAX).collect(Collectors.joining(", "));
        return names.size() <= NAMED_MAX ? named : named + " and " + (names.size() - NAMED_MAX) + " more";
    }
}
