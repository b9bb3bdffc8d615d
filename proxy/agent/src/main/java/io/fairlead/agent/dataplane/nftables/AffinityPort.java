package io.fairlead.agent.dataplane.nftables;

import io.fairlead.agent.plan.Backend;
import io.fairlead.agent.plan.FrontendKey;
import io.fairlead.agent.plan.PortPlan;
import io.fairlead.agent.plan.Routing;
import io.fairlead.agent.plan.Scope;
import io.fairlead.agent.plan.ServicePortName;
import io.fairlead.kernel.nft.NftSet;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * What the data plane remembers of a Service port with ClientIP affinity.
 *
 * <p>Clients' records hold the number of a slot, not an address. A backend keeps its slot for life and a slot is never
 * given out again, so a record of a backend that left finds nothing and the client is given another one.
 *
 * <p>Confined to the proxy loop's thread.
 */
final class AffinityPort {

    /** Longest part of a chain name taken from the cluster; with hash and suffixes it stays below 255 bytes. */
    private static final int NAME_MAX = 180;

    private final FrontendKey key;
    private final String name;
    private final NftSet clients;
    private final Map<Backend, Integer> slots = new TreeMap<>();
    private final Map<Routing, Integer> routes = new EnumMap<>(Routing.class);
    private int nextSlot;

    AffinityPort(Layout layout, PortPlan port) {
        this.key = new FrontendKey(port.clusterIp(), port.number(), port.name().protocol());
        this.name = readableName(port.name());
        this.clients = layout.clients("clients-" + name);
    }

    /** Hash first, so that a name that was cut stays unique. */
    private static String readableName(ServicePortName port) {
        String text = port.service() + "/" + port.port() + "/" + port.protocol().lowerName();
        CRC32C digest = new CRC32C();
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        StringBuilder safe = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), NAME_MAX); i++) {
            char c = text.charAt(i);
            boolean plain = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '/';
            safe.append(plain ? c : '_');
        }
        return String.format(Locale.ROOT, "%08x-%s", digest.getValue(), safe);
    }

    /** The ClusterIP frontend, under which all elements of this port are kept. */
    FrontendKey key() {
        return key;
    }

    NftSet clients() {
        return clients;
    }

    /** The chain that picks from one list of backends. */
    String pickChain(Scope scope) {
        return "affinity-" + name + (scope == Scope.CLUSTER ? "/pick" : "/pick-local");
    }

    String routeChain(Routing routing) {
        return "affinity-" + name + "/" + RouteNumber.chain(routing);
    }

    /** Route numbers in use, by routing. */
    Map<Routing, Integer> routes() {
        return routes;
    }

    /** Notes a slot that an earlier run gave out, whether or not a backend still has it. */
    void reserve(int slot) {
        nextSlot = Math.max(nextSlot, slot + 1);
    }

    /** Notes the slots that were given out while this Service port had another address or number. */
    void continueAfter(AffinityPort former) {
        nextSlot = Math.max(nextSlot, former.nextSlot);
    }

    /** Notes the slot that an earlier run gave to a backend. */
    void restore(Backend backend, int slot) {
        slots.put(backend, slot);
        reserve(slot);
    }

    /** The slot of a backend; a new one gets the next number. */
    int slot(Backend backend) {
        return slots.computeIfAbsent(backend, _ -> nextSlot++);
    }

    /** Forgets backends that are in neither list. */
    void retain(PortPlan port) {
        Map<Backend, Integer> kept = new TreeMap<>();
        for (Scope scope : Scope.values()) {
            for (Backend backend : port.backends(scope)) {
                Integer slot = slots.get(backend);
                if (slot != null) {
                    kept.put(backend, slot);
                }
            }
        }
        slots.clear();
        slots.putAll(kept);
    }
}
