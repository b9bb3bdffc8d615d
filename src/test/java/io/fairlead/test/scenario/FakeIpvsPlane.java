package io.fairlead.test.scenario;

import io.fairlead.agent.dataplane.Dataplane;
import io.fairlead.agent.dataplane.ipvs.AddressesInMemory;
import io.fairlead.agent.dataplane.ipvs.IpvsDataplane;
import io.fairlead.agent.dataplane.ipvs.IpvsOptions;
import io.fairlead.agent.dataplane.ipvs.VirtualAddresses;
import io.fairlead.agent.dataplane.nftables.IpvsTables;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.fake.Faults;
import io.fairlead.kernel.fake.TracedNode;
import io.fairlead.kernel.fake.Tracer;
import io.fairlead.kernel.ipvs.Ipvs;
import io.fairlead.kernel.ipvs.fake.FakeIpvsKernel;
import io.fairlead.kernel.ipvs.fake.IpvsTracer;
import io.fairlead.kernel.nft.Nft;
import io.fairlead.kernel.nft.fake.FakeNftKernel;
import io.fairlead.kernel.nft.fake.NftTracer;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The IPVS data plane on a pretended kernel.
 *
 * <p>Confined to one thread.
 */
final class FakeIpvsPlane implements FakePlane {

    private final FakeNftKernel nft;
    private final boolean owned;
    private final FakeIpvsKernel ipvs = new FakeIpvsKernel();
    private final VirtualAddresses addresses;
    private final Tracer tracer;
    private final ForeignProgram foreign;
    private IpvsDataplane last;

    /** @param owned whether the kernel has tables that nobody else may change */
    FakeIpvsPlane(InstantSource clock, TracedNode node, Supplier<Set<IpAddress>> nodeAddresses, boolean owned) {
        this.nft = new FakeNftKernel(clock, owned);
        this.owned = owned;
        this.addresses = new AddressesInMemory(nodeAddresses);
        this.last = plane();
        this.tracer = new NftTracer(nft, new BoundNode(node), new IpvsTracer(ipvs, clock));
        this.foreign = new ForeignIpvs(ipvs, addresses, new ForeignNft(nft, IpvsTables.TABLE));
    }

    private IpvsDataplane plane() {
        return new IpvsDataplane(IpvsTables.serving(nft.open(), owned), ipvs.open(), addresses, IpvsOptions.DEFAULT);
    }

    /** The node has the virtual addresses, too. */
    private final class BoundNode implements TracedNode {

        private final TracedNode node;

        BoundNode(TracedNode node) {
            this.node = node;
        }

        @Override
        public boolean isLocal(InetAddress address) {
            return node.isLocal(address) || addresses.read().contains(AddressPlanNode.ip(address));
        }

        @Override
        public String outInterface(InetAddress destination) {
            return node.outInterface(destination);
        }

        @Override
        public InetAddress masqueradeAddress(InetAddress destination) {
            return node.masqueradeAddress(destination);
        }
    }

    @Override
    public Dataplane open() {
        last = plane();
        return last;
    }

    @Override
    public void setFaults(Faults faults) {
        nft.setFaults(faults);
        ipvs.setFaults(faults);
    }

    @Override
    public Tracer tracer() {
        return tracer;
    }

    @Override
    public ForeignProgram foreign() {
        return foreign;
    }

    @Override
    public List<String> state() {
        // Nobody connects: whatever waits for connections to end has waited long enough.
        last.clearDrained();
        try (Nft socket = nft.open();
                Ipvs all = ipvs.open()) {
            return IpvsState.read(socket, all, addresses.read()).stream()
                    .filter(line -> !ForeignIpvs.isOwn(line))
                    .toList();
        }
    }
}
