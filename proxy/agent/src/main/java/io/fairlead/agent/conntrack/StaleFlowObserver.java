package io.fairlead.agent.conntrack;

import io.fairlead.cluster.model.IpFamily;
import io.fairlead.kernel.KernelException;

/**
 * Told what the clean-up did, for metrics.
 *
 * <p>Confined to the stale flow cleaner's thread.
 */
public interface StaleFlowObserver {

    /**
     * The table of a family was looked through.
     *
     * @param deleted stale entries
     * @param nanos that it took
     */
    void cleaned(IpFamily family, long deleted, long nanos);

    /** The kernel refused; it is tried again a few times. */
    void failed(IpFamily family, KernelException error);
}
