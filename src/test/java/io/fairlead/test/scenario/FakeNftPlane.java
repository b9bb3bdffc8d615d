package io.fairlead.test.scenario;

import io.fairlead.agent.dataplane.Dataplane;
import io.fairlead.agent.dataplane.nftables.NftablesDataplane;
import io.fairlead.kernel.fake.Faults;
import io.fairlead.kernel.fake.TracedNode;
import io.fairlead.kernel.fake.Tracer;
import io.fairlead.kernel.nft.Nft;
import io.fairlead.kernel.nft.fake.FakeNftKernel;
import io.fairlead.kernel.nft.fake.NftTracer;
import java.time.InstantSource;
import java.util.List;

/**
 * The nftables data plane on a pretended kernel.
 *
 * <p>Confined to one thread.
 */
final class FakeNftPlane implements FakePlane {

    private final FakeNftKernel kernel;
    private final boolean owned;
    private final Tracer tracer;
    private final ForeignProgram foreign;

    /** @param owned whether the kernel has tables that nobody else may change */
    FakeNftPlane(InstantSource clock, TracedNode node, boolean owned) {
        this.kernel = new FakeNftKernel(clock, owned);
        this.tracer = new NftTracer(kernel, node);
        this.foreign = new ForeignNft(kernel, NftablesDataplane.TABLE);
        this.owned = owned;
    }

    @Override
    public Dataplane open() {
        return new NftablesDataplane(kernel.open(), owned, _ -> {});
    }

    @Override
    public void setFaults(Faults faults) {
        kernel.setFaults(faults);
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
        try (Nft nft = kernel.open()) {
            return NftState.read(nft);
        }
    }
}
