package io.fairlead.test.scenario;

import io.fairlead.agent.dataplane.Dataplane;
import io.fairlead.agent.dataplane.iptables.IptablesDataplane;
import io.fairlead.kernel.Errno;
import io.fairlead.kernel.fake.Faults;
import io.fairlead.kernel.fake.Trace;
import io.fairlead.kernel.fake.TracedNode;
import io.fairlead.kernel.fake.TracedPacket;
import io.fairlead.kernel.iptables.fake.FakeIptablesKernel;
import io.fairlead.kernel.iptables.fake.IptablesTracer;
import java.time.InstantSource;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * The iptables data plane on a pretended kernel.
 *
 * <p>Confined to one thread.
 */
final class FakeIptablesPlane implements FakePlane {

    private final FakeIptablesKernel kernel;
    private final IptablesTracer tracer;

    FakeIptablesPlane(InstantSource clock, TracedNode node) {
        this.kernel = new FakeIptablesKernel(clock);
        this.tracer = new IptablesTracer(kernel, node);
    }

    @Override
    public Dataplane open() {
        return new IptablesDataplane(List.of(kernel.open(false), kernel.open(true)), true, _ -> {});
    }

    @Override
    public void setFaults(Faults faults) {
        kernel.setFaults(faults);
    }

    @Override
    public void failNext() {
        kernel.failNext(Errno.EAGAIN);
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
        return IptablesState.read(List.of(kernel.open(false), kernel.open(true)));
    }
}
