package io.fairlead.test.scenario;

import io.fairlead.agent.dataplane.Dataplane;
import io.fairlead.agent.dataplane.iptables.IptablesDataplane;
import io.fairlead.kernel.fake.Faults;
import io.fairlead.kernel.fake.TracedNode;
import io.fairlead.kernel.fake.Tracer;
import io.fairlead.kernel.iptables.fake.FakeIptablesKernel;
import io.fairlead.kernel.iptables.fake.IptablesTracer;
import java.time.InstantSource;
import java.util.List;

/**
 * The iptables data plane on a pretended kernel.
 *
 * <p>Confined to one thread.
 */
final class FakeIptablesPlane implements FakePlane {

    private final FakeIptablesKernel kernel;
    private final Tracer tracer;
    private final ForeignProgram foreign;

    FakeIptablesPlane(InstantSource clock, TracedNode node) {
        this.kernel = new FakeIptablesKernel(clock);
        this.tracer = new IptablesTracer(kernel, node);
        this.foreign = new ForeignIptables(kernel);
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
    public Tracer tracer() {
        return tracer;
    }

    @Override
    public ForeignProgram foreign() {
        return foreign;
    }

    @Override
    public List<String> state() {
        return IptablesState.read(List.of(kernel.open(false), kernel.open(true)));
    }
}
