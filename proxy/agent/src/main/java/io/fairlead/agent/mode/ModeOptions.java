package io.fairlead.agent.mode;

import io.fairlead.agent.dataplane.ipvs.IpvsOptions;
import io.fairlead.kernel.ipvs.IpvsTimeouts;

/**
 * What the operator decided about single modes.
 *
 * <p>Immutable.
 *
 * @param dropsInvalid of mode iptables: whether forwarded packets that connection tracking cannot place are dropped
 * @param ipvs of mode ipvs, like what follows
 * @param strictArp whether links answer ARP for their own addresses only
 * @param timeouts of connections, 0 for those that stay as they are
 */
public record ModeOptions(boolean dropsInvalid, IpvsOptions ipvs, boolean strictArp, IpvsTimeouts timeouts) {

    /** Nothing given. */
    public static final ModeOptions DEFAULT = new ModeOptions(true, IpvsOptions.DEFAULT, false, IpvsTimeouts.UNCHANGED);
}
