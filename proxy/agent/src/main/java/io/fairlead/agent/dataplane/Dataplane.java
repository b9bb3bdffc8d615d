package io.fairlead.agent.dataplane;

import io.fairlead.agent.plan.NodePlanDelta;

/**
 * Puts the plan of a node into the kernel.
 *
 * <p>Confined to the proxy loop's thread.
 */
public interface Dataplane extends AutoCloseable {

    /**
     * Forgets everything desired and everything known of the kernel. The next {@link #apply} reads the kernel back and
     * must describe the whole node; what it does not mention is removed.
     */
    void restart();

    /**
     * Applies a change, and whatever an earlier call left undone. An empty change on a clean data plane sends nothing.
     * Never throws for a refusal of the kernel: the part that was refused stays as it was and is named in the result.
     *
     * @throws io.fairlead.kernel.KernelException if the kernel cannot be read; then everything is to be told again
     */
    SyncResult apply(NodePlanDelta delta);

    /** Leaves the kernel as it is. */
    @Override
    void close();
}
