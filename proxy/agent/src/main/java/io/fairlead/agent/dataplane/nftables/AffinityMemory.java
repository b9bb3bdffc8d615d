package io.fairlead.agent.dataplane.nftables;

import io.fairlead.agent.plan.PortPlan;
import io.fairlead.agent.plan.ServicePortName;
import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.nft.Nft;
import io.fairlead.kernel.nft.NftVerdicts;
import java.util.HashMap;
import java.util.Map;

/**
 * The Service ports with ClientIP affinity. A restarted agent finds in the kernel which backend has which slot, and
 * which slots clients' records still name.
 *
 * <p>Confined to the proxy loop's thread.
 */
final class AffinityMemory {

    private final Nft nft;
    private final Layout layout;
    private final Keys keys;
    private final Map<ServicePortName, AffinityPort> ports = new HashMap<>();

    AffinityMemory(Nft nft, Layout layout, Keys keys) {
        this.nft = nft;
        this.layout = layout;
        this.keys = keys;
    }

    /** The memory of a port; a port that is new to this run starts with what the kernel holds. */
    AffinityPort port(PortPlan plan, Elements elements, Structure structure) {
        AffinityPort known = ports.get(plan.name());
        if (known != null
                && known.key().address().equals(plan.clusterIp())
                && known.key().port() == plan.number()) {
            return known;
        }
        AffinityPort port = new AffinityPort(layout, plan);
        if (known != null) {
            // Its address or number is another one; clients' records, which name slots, are the same.
            port.continueAfter(known);
        } else if (structure.setObserved(port.clients().name())) {
            restoreSlots(port, elements.slots, elements.endpoints);
            restoreSlots(port, elements.localSlots, elements.localEndpoints);
            reserveRecordedSlots(port);
        }
        ports.put(plan.name(), port);
        return port;
    }

    void forget(ServicePortName name) {
        ports.remove(name);
    }

    private void restoreSlots(AffinityPort port, TrackedSet slots, TrackedSet endpoints) {
        byte[] slot = new byte[Integer.BYTES];
        byte[] backend = new byte[endpoints.set().dataLength()];
        keys.indexed(port.key());
        for (int index = 0; slots.tracker().lookup(keys.index(index), slot); index++) {
            int number = Keys.readHostInt(slot, 0);
            if (endpoints.tracker().lookup(keys.index(number), backend)) {
                port.restore(Keys.readBackend(backend, layout.family.addressBytes()), number);
            }
        }
    }

    private void reserveRecordedSlots(AffinityPort port) {
        try {
            nft.readElements(
                    layout.table,
                    port.clients(),
                    new NftVerdicts(),
                    (_, value) -> port.reserve(Keys.readHostInt(value, 0)));
        } catch (KernelException e) {
            // A map that went away since it was listed took its records with it.
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
    }
}
