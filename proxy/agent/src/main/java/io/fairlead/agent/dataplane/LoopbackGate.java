package io.fairlead.agent.dataplane;

import io.fairlead.agent.plan.NodeSettings;

/**
 * Permits loopback routing only while a guard in the kernel keeps outsiders away from loopback addresses
 * (CVE-2020-8558).
 *
 * <p>Confined to the proxy loop's thread.
 */
public final class LoopbackGate {

    private final LoopbackRouting routing;
    private boolean permitted;
    /** An earlier run had its guard in the kernel, so the permission that it got may still be there. */
    private boolean left;

    public LoopbackGate(LoopbackRouting routing) {
        this.routing = routing;
    }

    /** @param guardFound whether an earlier run left its guard */
    public void opened(boolean guardFound) {
        left = guardFound;
    }

    /** To be called before a guard may go. */
    public void beforeApply(NodeSettings settings) {
        if (!settings.servesLoopback() && (permitted || left)) {
            permitted = false;
            left = false;
            routing.permit(false);
        }
    }

    /** @param guardStands whether the guard is wanted and in the kernel */
    public void afterApply(boolean guardStands) {
        if (!permitted && guardStands) {
            permitted = true;
            routing.permit(true);
        }
    }
}
