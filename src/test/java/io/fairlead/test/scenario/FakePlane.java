package io.fairlead.test.scenario;

import io.fairlead.agent.dataplane.Dataplane;
import io.fairlead.kernel.fake.Faults;
import io.fairlead.kernel.fake.Tracer;
import java.util.List;

/**
 * A data plane on a pretended kernel.
 *
 * <p>Confined to one thread.
 */
interface FakePlane {

    /** The data plane of a new agent. */
    Dataplane open();

    void setFaults(Faults faults);

    /** Where packets go. */
    Tracer tracer();

    /** Who else edits this kernel. */
    ForeignProgram foreign();

    /** What the kernel holds of ours, as sorted lines, but for what depends on the way there. */
    List<String> state();
}
