package io.fairlead.test.scenario;

import io.fairlead.agent.dataplane.Dataplane;
import io.fairlead.kernel.fake.Faults;
import io.fairlead.kernel.fake.Trace;
import io.fairlead.kernel.fake.TracedPacket;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * A data plane on a pretended kernel.
 *
 * <p>Confined to one thread.
 */
public interface FakePlane {

    /** The data plane of a new agent. */
    Dataplane open();

    void setFaults(Faults faults);

    /** Lets the next call fail, whatever it is. */
    void failNext();

    /** All that may become of a packet. */
    List<Trace> traceAll(TracedPacket packet);

    /** Sends a packet; it leaves its records. */
    Trace trace(TracedPacket packet, IntUnaryOperator random);

    /** What the kernel holds of ours, as sorted lines, but for what depends on the way there. */
    List<String> state();
}
