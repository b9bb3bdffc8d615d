package io.fairlead.agent.dataplane.ipvs;

import io.fairlead.cluster.model.IpAddress;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Addresses of a node that is only pretended.
 *
 * <p>Confined to one thread.
 */
public final class AddressesInMemory implements VirtualAddresses {

    private final Set<IpAddress> addresses = new TreeSet<>();
    private final Supplier<Set<IpAddress>> others;

    /** @param others addresses of the node's other links, whenever asked */
    public AddressesInMemory(Supplier<Set<IpAddress>> others) {
        this.others = others;
    }

    @Override
    public Set<IpAddress> read() {
        return Set.copyOf(addresses);
    }

    @Override
    public Set<IpAddress> ofOthers(Set<IpAddress> some) {
        Set<IpAddress> found = new TreeSet<>(some);
        found.retainAll(others.get());
        return found;
    }

    @Override
    public void add(IpAddress address) {
        addresses.add(address);
    }

    @Override
    public void remove(IpAddress address) {
        addresses.remove(address);
    }

    @Override
    public void close() {}
}
