package io.fairlead.test.scenario;

import static io.fairlead.test.AddressPlan.BRIDGE;
import static io.fairlead.test.AddressPlan.OUTSIDE_LINK;
import static io.fairlead.test.AddressPlan.UPLINK;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import java.util.Locale;

/**
 * Who opens a connection.
 *
 * <p>Immutable.
 */
public enum Client {
    /** A pod of this node. */
    POD_A("10.180.0.101", "fd00:10:180::101", BRIDGE),
    /** A pod of this node that may be a backend too. */
    POD_B("10.180.0.102", "fd00:10:180::102", BRIDGE),
    /** A pod of another node whose traffic comes to this one. */
    REMOTE_POD("10.180.1.101", "fd00:10:180:1::101", UPLINK),
    /** Another node. */
    OTHER_NODE("192.168.0.3", "fd00:192:168::3", UPLINK),
    /** A client outside the cluster. */
    OUTSIDE("203.0.113.2", "fd00:203:113::2", OUTSIDE_LINK),
    /** Another one, in the upper half of its range. */
    OUTSIDE_2("203.0.113.130", "fd00:203:113::8002", OUTSIDE_LINK),
    /** A process of the node, by the address that the kernel chooses. */
    NODE("192.168.0.2", "fd00:192:168::2", ""),
    /** A process of the node that connects from its bridge's address, which lies among its pods'. */
    NODE_BRIDGE("10.180.0.254", "fd00:10:180::fe", ""),
    /** A process of the node that connects from a LoadBalancer address that the node has. */
    NODE_LB("5.6.7.8", "fd00:5:6:7::8", ""),
    /** A process of the node that connects to the loopback address. */
    LOOPBACK("127.0.0.1", "::1", "");

    @SuppressWarnings("ImmutableEnumChecker") // addresses are records of numbers
    private final IpAddress v4;

    @SuppressWarnings("ImmutableEnumChecker") // as above
    private final IpAddress v6;

    private final String arrival;

    Client(String v4, String v6, String arrival) {
        this.v4 = IpAddress.parse(v4);
        this.v6 = IpAddress.parse(v6);
        this.arrival = arrival;
    }

    public IpAddress address(IpFamily family) {
        return family == IpFamily.IPV4 ? v4 : v6;
    }

    /** The link of the node on which its packets arrive; empty for the node's own. */
    public String arrival() {
        return arrival;
    }

    /** As scenarios spell it, for example {@code remote-pod}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
