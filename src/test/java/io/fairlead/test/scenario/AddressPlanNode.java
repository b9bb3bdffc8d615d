package io.fairlead.test.scenario;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.IpBytes;
import io.fairlead.kernel.fake.TracedNode;
import io.fairlead.test.AddressPlan;
import java.net.InetAddress;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The node of the address plan, as tracers ask for it.
 *
 * <p>Confined to one thread.
 */
final class AddressPlanNode implements TracedNode {

    private final Supplier<Set<IpAddress>> addresses;

    /** @param addresses of the node, whenever asked */
    AddressPlanNode(Supplier<Set<IpAddress>> addresses) {
        this.addresses = addresses;
    }

    @Override
    public boolean isLocal(InetAddress address) {
        return addresses.get().contains(ip(address));
    }

    @Override
    public String outInterface(InetAddress destination) {
        return AddressPlan.link(ip(destination));
    }

    @Override
    public InetAddress masqueradeAddress(InetAddress destination) {
        return inet(AddressPlan.masqueradeAddress(ip(destination)));
    }

    static IpAddress ip(InetAddress address) {
        return IpAddress.ofBytes(address.getAddress());
    }

    static InetAddress inet(IpAddress address) {
        return IpBytes.address(address.toBytes());
    }
}
