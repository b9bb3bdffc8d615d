package io.fairlead.agent.plan;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.Ipv4Address;
import io.fairlead.cluster.model.Ipv6Address;

/**
 * Address constants and text forms that the plan shares.
 *
 * <p>Thread-safe: constants and pure functions.
 */
public final class Addresses {

    private static final IpAddress ANY_V4 = new Ipv4Address(0);
    private static final IpAddress ANY_V6 = new Ipv6Address(0, 0);

    /** 127.0.0.1. */
    public static final IpAddress LOOPBACK_V4 = new Ipv4Address(0x7f000001);

    /** ::1. */
    public static final IpAddress LOOPBACK_V6 = new Ipv6Address(0, 1);

    private Addresses() {}

    /** The unspecified address of a family: 0.0.0.0 or ::. */
    public static IpAddress any(IpFamily family) {
        return family == IpFamily.IPV4 ? ANY_V4 : ANY_V6;
    }

    /** {@code 10.0.0.1:80} or {@code [fd00::1]:80}. */
    public static String withPort(IpAddress address, int port) {
        return address.family() == IpFamily.IPV4 ? address + ":" + port : "[" + address + "]:" + port;
    }
}
