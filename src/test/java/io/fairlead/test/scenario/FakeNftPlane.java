package io.fairlead.test.scenario;

import io.fairlead.agent.dataplane.Dataplane;
import io.fairlead.agent.dataplane.nftables.NftablesDataplane;
import io.fairlead.kernel.Errno;
import io.fairlead.kernel.fake.Faults;
import io.fairlead.kernel.fake.Trace;
import io.fairlead.kernel.fake.TracedNode;
import io.fairlead.kernel.fake.TracedPacket;
import io.fairlead.kernel.nft.Nft;
import io.fairlead.kernel.nft.fake.FakeNftKernel;
import io.fairlead.kernel.nft.fake.NftTracer;
import java.time.InstantSource;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * The nftables data plane on a pretended kernel.
 *
 * <p>Confined to one thread.
 */
final class FakeNftPlane implements FakePlane {

    private final FakeNftKernel kernel;
    private final NftTracer tracer;

    FakeNftPlane(InstantSource clock, TracedNode node) {
        this.kernel = new FakeNftKernel(clock);
        this.tracer = new NftTracer(kernel, node);
    }

    @Override
    public Dataplane open() {
        return new NftablesDataplane(kernel.open(), true, _ -> {});
    }

    @Override
    public void setFaults(Faults faults) {
        kernel.setFaults(faults);
    }

    @Override
    public void failNext() {
        kernel.failNext(Errno.ENOMEM);
    }

    @Override
    public List<Trace> traceAll(TracedPacket packet) {
        return tracer.traceAll(packet);
    }

    @Override
    public Trace trace(TracedPacket packet, IntUnaryOperator random) {
        return tracer.trace(packet, random);
    }

    @Override
    public List<String> state() {
        try (Nft nft = kernel.open()) {
            return NftState.read(nft);
        }
    }
}
