package io.fairlead.agent.dataplane.ipvs;

import io.fairlead.agent.dataplane.Counts;
import io.fairlead.agent.dataplane.Dataplane;
import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.dataplane.SyncResult.Failure;
import io.fairlead.agent.dataplane.nftables.IpvsTables;
import io.fairlead.agent.plan.Frontend;
import io.fairlead.agent.plan.FrontendKey;
import io.fairlead.agent.plan.NodePlanDelta;
import io.fairlead.agent.plan.NodePlanDelta.ServiceChange;
import io.fairlead.agent.plan.NodePlanner;
import io.fairlead.agent.plan.NodeSettings;
import io.fairlead.agent.plan.PortPlan;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.ipvs.Ipvs;
import io.fairlead.kernel.ipvs.IpvsOperation;
import io.fairlead.kernel.ipvs.IpvsRefusal;
import io.fairlead.kernel.ipvs.VirtualServer;
import io.fairlead.kernel.ipvs.VirtualServerKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The IPVS data plane: virtual servers, the addresses that bring packets to them, and the tables beside.
 *
 * <pre>
 *   arrival     tables  ->  virtual servers  ->  addresses
 *   departure   tables  ->  no new connections ... connections are over  ->  virtual servers  ->  addresses
 * </pre>
 *
 * <p>Thread-safe: the proxy loop applies, another thread clears away what has drained.
 */
public final class IpvsDataplane implements Dataplane {

    private final IpvsTables tables;
    private final Ipvs ipvs;
    private final VirtualAddresses addresses;
    private final IpvsOptions options;
    private final ServerRenderer renderer;

    private VirtualServers servers = new VirtualServers();
    private boolean opened;
    /** Frontends by the address that the node has because of them. */
    private Counts<IpAddress> users = new Counts<>();
    /** Addresses that the link has. */
    private final Set<IpAddress> bound = new HashSet<>();
    /** Addresses that have got a frontend, and may have to be bound. */
    private final Set<IpAddress> arriving = new LinkedHashSet<>();
    /** Addresses that nobody wants, bound until nothing waits there. */
    private final Set<IpAddress> leaving = new LinkedHashSet<>();
    /** NodePorts, for when the node gets or loses an address. */
    private final Map<FrontendKey, NodePort> nodePorts = new HashMap<>();

    private List<IpAddress> nodePortAddresses = List.of();
    private NodePlanDelta unchanged;

    private int batches;
    private int done;
    private final List<Failure> failures = new ArrayList<>();

    private record NodePort(PortPlan port, Frontend frontend) {}

    public IpvsDataplane(IpvsTables tables, Ipvs ipvs, VirtualAddresses addresses, IpvsOptions options) {
        this.tables = tables;
        this.ipvs = ipvs;
        this.addresses = addresses;
        this.options = options;
        this.renderer = new ServerRenderer(options);
        this.unchanged = new NodePlanDelta(List.of(), NodePlanner.NO_SETTINGS, NodePlanner.NO_SETTINGS);
    }

    @Override
    public synchronized void restart() {
        opened = false;
        tables.restart();
    }

    @Override
    public synchronized SyncResult apply(NodePlanDelta delta) {
        batches = 0;
        done = 0;
        failures.clear();
        Set<IpAddress> guards = new HashSet<>(opened ? Set.of() : open());
        unchanged = new NodePlanDelta(List.of(), delta.settings(), delta.settings());
        desire(delta);
        Set<IpAddress> missing = missing();
        guards.addAll(missing);
        SyncResult rules = tables.apply(delta, guards, Set.of());
        // Where nothing says who may get to a frontend, nobody may.
        Set<FrontendKey> held = new HashSet<>();
        boolean base = false;
        for (Failure failure : rules.failures()) {
            failure.frontend().ifPresent(held::add);
            base |= failure.frontend().isEmpty();
        }
        if (!base) {
            send(servers.arrivals(), held);
            missing.forEach(this::bind);
            send(servers.departures(), Set.of());
            send(servers.idle(ipvs), Set.of());
        }
        servers.finish();
        SyncResult released = release();
        SyncResult own = new SyncResult(batches, done, failures);
        return SyncResult.sum(List.of(rules, own, released));
    }

    /** Reads the kernel; returns the addresses that the link has. */
    private Set<IpAddress> open() {
        VirtualServers found = new VirtualServers();
        found.observe(ipvs, servers);
        servers = found;
        users = new Counts<>();
        nodePorts.clear();
        nodePortAddresses = List.of();
        bound.clear();
        bound.addAll(addresses.read());
        arriving.clear();
        leaving.clear();
        leaving.addAll(bound);
        opened = true;
        return Set.copyOf(bound);
    }

    private void desire(NodePlanDelta delta) {
        for (ServiceChange change : delta.services()) {
            ports(change.before(), change.after()).forEach(this::depart);
            change.before().clusterIps().forEach(this::removeUser);
        }
        moveNodePorts(delta.settings());
        for (ServiceChange change : delta.services()) {
            ports(change.after(), change.before()).forEach(this::arrive);
            change.after().clusterIps().forEach(this::addUser);
        }
    }

    private void addUser(IpAddress address) {
        if (users.add(address)) {
            leaving.remove(address);
            arriving.add(address);
        }
    }

    private void removeUser(IpAddress address) {
        if (users.remove(address)) {
            arriving.remove(address);
            leaving.add(address);
        }
    }

    /** The ports of one plan that the other does not have. */
    private static List<PortPlan> ports(ServicePlan plan, ServicePlan other) {
        return plan.ports().stream()
                .filter(port -> !other.ports().contains(port))
                .toList();
    }

    private void depart(PortPlan port) {
        for (Frontend frontend : port.frontends()) {
            if (isNodePort(frontend)) {
                nodePorts.remove(frontend.key());
            } else {
                removeUser(frontend.key().address());
            }
            addressesOf(frontend)
                    .forEach(address -> servers.unwant(ServerRenderer.key(frontend, address), frontend.key()));
        }
    }

    private void arrive(PortPlan port) {
        for (Frontend frontend : port.frontends()) {
            if (isNodePort(frontend)) {
                nodePorts.put(frontend.key(), new NodePort(port, frontend));
            } else {
                addUser(frontend.key().address());
            }
            addressesOf(frontend).forEach(address -> want(port, frontend, address));
        }
    }

    private void want(PortPlan port, Frontend frontend, IpAddress address) {
        Optional<WantedServer> wanted = renderer.render(port, frontend, address);
        if (wanted.isEmpty()) {
            return;
        }
        VirtualServerKey key = wanted.get().declaration().key();
        if (servers.isForeign(key) && options.excludes(address)) {
            failures.add(new Failure(
                    address.family(),
                    Optional.of(frontend.key()),
                    "virtual server " + key + " is another program's, in a range that is excluded"));
        } else {
            servers.want(ipvs, wanted.get());
        }
    }

    private void moveNodePorts(NodeSettings settings) {
        if (settings.nodePortAddresses().equals(nodePortAddresses)) {
            return;
        }
        for (NodePort nodePort : nodePorts.values()) {
            for (IpAddress address : addressesOf(nodePort.frontend())) {
                servers.unwant(
                        ServerRenderer.key(nodePort.frontend(), address),
                        nodePort.frontend().key());
            }
        }
        nodePortAddresses = settings.nodePortAddresses();
        for (NodePort nodePort : nodePorts.values()) {
            addressesOf(nodePort.frontend()).forEach(address -> want(nodePort.port(), nodePort.frontend(), address));
        }
    }

    private static boolean isNodePort(Frontend frontend) {
        return frontend.key().address().isUnspecified();
    }

    private List<IpAddress> addressesOf(Frontend frontend) {
        IpAddress address = frontend.key().address();
        return isNodePort(frontend)
                ? nodePortAddresses.stream()
                        .filter(own -> own.family() == address.family())
                        .toList()
                : List.of(address);
    }

    /** Addresses that Services have got and no link of this node has. */
    private Set<IpAddress> missing() {
        arriving.removeAll(bound);
        Set<IpAddress> missing = new LinkedHashSet<>(arriving);
        if (!missing.isEmpty()) {
            missing.removeAll(addresses.ofOthers(missing));
        }
        arriving.retainAll(missing);
        return missing;
    }

    private void bind(IpAddress address) {
        try {
            addresses.add(address);
            bound.add(address);
            arriving.remove(address);
            done++;
        } catch (KernelException e) {
            failures.add(new Failure(address.family(), Optional.empty(), String.valueOf(e.getMessage())));
        }
    }

    /** Gives back addresses at which nothing is wanted and nothing waits. */
    private SyncResult release() {
        leaving.retainAll(bound);
        Set<IpAddress> released = new HashSet<>();
        for (IpAddress address : leaving) {
            if (!servers.isAt(address)) {
                try {
                    addresses.remove(address);
                    bound.remove(address);
                    released.add(address);
                } catch (KernelException e) {
                    failures.add(new Failure(address.family(), Optional.empty(), String.valueOf(e.getMessage())));
                }
            }
        }
        leaving.removeAll(released);
        return released.isEmpty() ? new SyncResult(0, 0, List.of()) : tables.apply(unchanged, Set.of(), released);
    }

    private void send(List<IpvsOperation> operations, Set<FrontendKey> held) {
        List<IpvsOperation> allowed = held.isEmpty()
                ? operations
                : operations.stream()
                        .filter(operation -> servers.wanted(operation.virtualServer())
                                .map(WantedServer::frontend)
                                .filter(held::contains)
                                .isEmpty())
                        .toList();
        if (allowed.isEmpty()) {
            return;
        }
        batches++;
        Set<Integer> refused = new HashSet<>();
        for (IpvsRefusal refusal : ipvs.applyAll(allowed)) {
            refused.add(refusal.index());
            VirtualServerKey key = refusal.operation().virtualServer();
            failures.add(new Failure(
                    IpAddress.ofBytes(key.address().getAddress()).family(),
                    servers.wanted(key).map(WantedServer::frontend),
                    String.valueOf(refusal.toException().getMessage())));
        }
        for (int i = 0; i < allowed.size(); i++) {
            if (!refused.contains(i)) {
                servers.applied(allowed.get(i));
                done++;
            }
        }
    }

    /**
     * Clears away what has no connections any more.
     *
     * @throws KernelException if the kernel cannot be read; it is tried again
     */
    public synchronized void clearDrained() {
        if (opened && servers.isDraining()) {
            failures.clear();
            send(servers.drained(ipvs), Set.of());
            servers.finish();
            release();
        }
    }

    /** Whether nothing is left in the kernel but empty tables and the link. */
    public synchronized boolean isEmpty() {
        return opened && bound.isEmpty() && servers.size() == 0;
    }

    /** How many virtual servers the kernel should have that carry our flag. */
    public synchronized int virtualServers() {
        return servers.size();
    }

    /** How many virtual servers carry our flag. */
    public static int count(Ipvs ipvs) {
        return (int)
                ipvs.virtualServers().stream().filter(ServerRenderer::isOurs).count();
    }

    /**
     * Removes our virtual servers, whatever connections they have.
     *
     * @return whether there were any
     * @throws KernelException if one cannot be removed
     */
    public static boolean cleanup(Ipvs ipvs) {
        List<VirtualServerKey> ours = ipvs.virtualServers().stream()
                .filter(ServerRenderer::isOurs)
                .map(VirtualServer::key)
                .toList();
        for (IpvsRefusal refusal : ipvs.deleteAll(ours)) {
            throw refusal.toException();
        }
        return !ours.isEmpty();
    }

    @Override
    public synchronized void close() {
        tables.close();
        ipvs.close();
        addresses.close();
    }
}
