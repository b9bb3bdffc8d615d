package io.fairlead.agent.dataplane.ipvs;

import io.fairlead.agent.dataplane.Counts;
import io.fairlead.agent.plan.FrontendKey;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.kernel.ipvs.Ipvs;
import io.fairlead.kernel.ipvs.IpvsOperation;
import io.fairlead.kernel.ipvs.RealServer;
import io.fairlead.kernel.ipvs.RealServerKey;
import io.fairlead.kernel.ipvs.RealServerStatus;
import io.fairlead.kernel.ipvs.VirtualServer;
import io.fairlead.kernel.ipvs.VirtualServerKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Virtual servers: desired against observed. What is no longer wanted gets no new connections and goes when those that it
 * has are over; of UDP at once, since nobody says when a conversation by UDP is over.
 *
 * <p>Guarded by the data plane.
 */
final class VirtualServers {

    private final Map<VirtualServerKey, Entry> entries = new HashMap<>();
    /** Those that may differ. */
    private final Set<VirtualServerKey> changed = new LinkedHashSet<>();
    /** Those with real servers that wait for their connections to end. */
    private final Set<VirtualServerKey> draining = new LinkedHashSet<>();
    /** Addresses at which there are some of ours, wanted or not. */
    private final Counts<IpAddress> addresses = new Counts<>();

    private static final class Entry {
        /** For an address and port of a Service: it counts, if there is one. */
        private @Nullable WantedServer exact;
        /** For a NodePort on an address of the node. */
        private @Nullable WantedServer nodePort;

        private @Nullable VirtualServer observed;
        private final Map<RealServerKey, RealServer> real = new HashMap<>();
        private boolean ours;

        @Nullable
        WantedServer wanted() {
            return exact == null ? nodePort : exact;
        }

        void want(@Nullable WantedServer server, FrontendKey frontend) {
            if (frontend.address().isUnspecified()) {
                nodePort = server;
            } else {
                exact = server;
            }
        }

        boolean isDraining() {
            return real.values().stream().anyMatch(ServerRenderer::isDraining);
        }

        boolean isWanted(RealServerKey key) {
            WantedServer wanted = wanted();
            return wanted != null && wanted.real().contains(key);
        }
    }

    /**
     * Takes what the kernel has. Virtual servers of others are noted, in case that a Service claims one.
     *
     * @param known whose virtual servers are ours also where others have taken our flag since
     */
    void observe(Ipvs ipvs, VirtualServers known) {
        for (VirtualServer server : ipvs.virtualServers()) {
            Entry entry = entries.computeIfAbsent(server.key(), _ -> new Entry());
            entry.observed = server;
            if (ServerRenderer.isOurs(server) || known.isOurs(server.key())) {
                own(server.key(), entry);
                observeReal(ipvs, server.key(), entry);
                changed.add(server.key());
            }
        }
    }

    private void observeReal(Ipvs ipvs, VirtualServerKey key, Entry entry) {
        entry.real.clear();
        ipvs.realServers(key).forEach(status -> entry.real.put(status.server().key(), status.server()));
    }

    private void own(VirtualServerKey key, Entry entry) {
        if (!entry.ours) {
            entry.ours = true;
            addresses.add(address(key));
        }
    }

    private static IpAddress address(VirtualServerKey key) {
        return IpAddress.ofBytes(key.address().getAddress());
    }

    private void forget(VirtualServerKey key) {
        Entry entry = entries.remove(key);
        if (entry != null && entry.ours) {
            addresses.remove(address(key));
        }
    }

    /** A virtual server shall be so; one of others becomes ours. */
    void want(Ipvs ipvs, WantedServer server) {
        VirtualServerKey key = server.declaration().key();
        Entry entry = entries.computeIfAbsent(key, _ -> new Entry());
        if (entry.observed != null && !entry.ours) {
            observeReal(ipvs, key, entry);
        }
        own(key, entry);
        entry.want(server, server.frontend());
        changed.add(key);
    }

    /** A frontend needs none there any more. */
    void unwant(VirtualServerKey key, FrontendKey frontend) {
        Entry entry = entries.get(key);
        if (entry != null && entry.wanted() != null) {
            entry.want(null, frontend);
            changed.add(key);
        }
    }

    /** What new connections need. */
    List<IpvsOperation> arrivals() {
        List<IpvsOperation> operations = new ArrayList<>();
        for (VirtualServerKey key : changed) {
            Entry entry = entries.get(key);
            WantedServer wanted = entry == null ? null : entry.wanted();
            if (entry == null || wanted == null) {
                continue;
            }
            if (entry.observed == null) {
                operations.add(new IpvsOperation.AddVirtualServer(wanted.declaration()));
            } else if (!wanted.declaration().equals(entry.observed)) {
                operations.add(new IpvsOperation.ChangeVirtualServer(wanted.declaration()));
            }
            for (RealServerKey real : wanted.real()) {
                RealServer found = entry.real.get(real);
                RealServer serving = ServerRenderer.serving(real);
                if (found == null) {
                    operations.add(new IpvsOperation.AddRealServer(key, serving));
                } else if (!found.equals(serving)) {
                    operations.add(new IpvsOperation.ChangeRealServer(key, serving));
                }
            }
        }
        return operations;
    }

    /** What is no longer wanted. */
    List<IpvsOperation> departures() {
        List<IpvsOperation> operations = new ArrayList<>();
        for (VirtualServerKey key : changed) {
            Entry entry = entries.get(key);
            if (entry == null || !entry.ours || entry.observed == null) {
                continue;
            }
            boolean waits = false;
            for (RealServer real : entry.real.values()) {
                if (!entry.isWanted(real.key())) {
                    waits |= depart(key, real, operations);
                }
            }
            if (entry.wanted() == null && !waits) {
                operations.add(new IpvsOperation.DeleteVirtualServer(key));
            }
        }
        return operations;
    }

    /** Whether it has to wait for its connections. */
    private static boolean depart(VirtualServerKey key, RealServer real, List<IpvsOperation> operations) {
        if (key.protocol() == Protocol.UDP.number()) {
            operations.add(new IpvsOperation.DeleteRealServer(key, real.key()));
            return false;
        }
        if (!ServerRenderer.isDraining(real)) {
            operations.add(new IpvsOperation.ChangeRealServer(key, ServerRenderer.draining(real.key())));
        }
        return true;
    }

    /** Of all that wait: real servers whose connections are over, and virtual servers that wait for nothing else. */
    List<IpvsOperation> drained(Ipvs ipvs) {
        return drained(ipvs, draining);
    }

    /** The same of those that changed just now. */
    List<IpvsOperation> idle(Ipvs ipvs) {
        return drained(ipvs, changed);
    }

    private List<IpvsOperation> drained(Ipvs ipvs, Set<VirtualServerKey> keys) {
        List<IpvsOperation> operations = new ArrayList<>();
        for (VirtualServerKey key : keys) {
            Entry entry = entries.get(key);
            if (entry == null || !entry.isDraining()) {
                continue;
            }
            List<RealServerStatus> there = ipvs.realServers(key);
            // Others may have removed what nobody here wants.
            entry.real.values().removeIf(real -> ServerRenderer.isDraining(real) && !isThere(real, there));
            int left = there.size();
            for (RealServerStatus status : there) {
                if (ServerRenderer.isDraining(status.server()) && status.isDrained()) {
                    operations.add(new IpvsOperation.DeleteRealServer(
                            key, status.server().key()));
                    left--;
                }
            }
            if (left == 0 && entry.wanted() == null) {
                operations.add(new IpvsOperation.DeleteVirtualServer(key));
            }
        }
        return operations;
    }

    private static boolean isThere(RealServer server, List<RealServerStatus> there) {
        return there.stream().anyMatch(status -> status.server().key().equals(server.key()));
    }

    /** The kernel has done it. */
    void applied(IpvsOperation operation) {
        VirtualServerKey key = operation.virtualServer();
        Entry entry = entries.get(key);
        if (entry == null) {
            return;
        }
        switch (operation) {
            case IpvsOperation.AddVirtualServer add -> entry.observed = add.server();
            case IpvsOperation.ChangeVirtualServer change -> entry.observed = change.server();
            case IpvsOperation.DeleteVirtualServer _ -> forget(key);
            case IpvsOperation.AddRealServer add -> entry.real.put(add.server().key(), add.server());
            case IpvsOperation.ChangeRealServer change ->
                entry.real.put(change.server().key(), change.server());
            case IpvsOperation.DeleteRealServer delete -> entry.real.remove(delete.server());
        }
    }

    /** Everything that was to be done was tried; what was refused is told of again when everything is. */
    void finish() {
        for (VirtualServerKey key : changed) {
            Entry entry = entries.get(key);
            if (entry == null) {
                continue;
            }
            if (entry.wanted() == null && entry.observed == null) {
                forget(key);
            } else if (entry.isDraining()) {
                draining.add(key);
            }
        }
        changed.clear();
        draining.removeIf(key -> {
            Entry entry = entries.get(key);
            return entry == null || !entry.isDraining();
        });
    }

    /** The virtual server that is there because of this frontend, if the plan still wants it. */
    Optional<WantedServer> wanted(VirtualServerKey key) {
        Entry entry = entries.get(key);
        return entry == null ? Optional.empty() : Optional.ofNullable(entry.wanted());
    }

    /** Whether somebody else made it, and nobody here wants it. */
    boolean isForeign(VirtualServerKey key) {
        Entry entry = entries.get(key);
        return entry != null && !entry.ours;
    }

    private boolean isOurs(VirtualServerKey key) {
        Entry entry = entries.get(key);
        return entry != null && entry.ours;
    }

    /** Whether there are some of ours, wanted or not. */
    boolean isAt(IpAddress address) {
        return addresses.has(address);
    }

    /** Virtual servers that the kernel should have of ours. */
    int size() {
        return (int) entries.values().stream()
                .filter(entry -> entry.ours && entry.observed != null)
                .count();
    }

    boolean isDraining() {
        return !draining.isEmpty();
    }
}
