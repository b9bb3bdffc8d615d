package io.fairlead.test;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.IpPrefix;
import java.util.List;

/**
 * Every address that a test uses, so that a reader recognises it. The table is in {@code src/test/README.md}.
 *
 * <p>Immutable.
 */
public final class AddressPlan {

    /** The node that the agent under test runs on. */
    public static final String NODE = "node-1";

    /** Pods' bridge on the node. */
    public static final String BRIDGE = "cni0";

    /** The node's link to other nodes. */
    public static final String UPLINK = "uplink";

    /** The node's link to clients outside the cluster. */
    public static final String OUTSIDE_LINK = "wan";

    public static final String CLUSTER_CIDR_V4 = "10.180.0.0/16";
    public static final String CLUSTER_CIDR_V6 = "fd00:10:180::/48";

    /** First InternalIP of the Node object. */
    public static final IpAddress NODE_V4 = IpAddress.parse("192.168.0.2");

    public static final IpAddress NODE_V6 = IpAddress.parse("fd00:192:168::2");

    /** A second address of the node, not in the Node object. */
    public static final IpAddress NODE_SECOND_V4 = IpAddress.parse("192.168.99.2");

    public static final IpAddress NODE_SECOND_V6 = IpAddress.parse("fd00:192:168:99::2");

    /** The node's address towards its pods. */
    public static final IpAddress BRIDGE_V4 = IpAddress.parse("10.180.0.254");

    public static final IpAddress BRIDGE_V6 = IpAddress.parse("fd00:10:180::fe");

    public static final IpAddress LOOPBACK_V4 = IpAddress.parse("127.0.0.1");
    public static final IpAddress LOOPBACK_V6 = IpAddress.parse("::1");

    /** Everything on the node's interfaces. */
    public static final List<IpAddress> NODE_ADDRESSES =
            List.of(NODE_V4, NODE_V6, NODE_SECOND_V4, NODE_SECOND_V6, BRIDGE_V4, BRIDGE_V6, LOOPBACK_V4, LOOPBACK_V6);

    private static final List<IpPrefix> LOCAL_PODS =
            List.of(IpPrefix.parse("10.180.0.0/24"), IpPrefix.parse("fd00:10:180::/64"));
    private static final List<IpPrefix> PODS =
            List.of(IpPrefix.parse(CLUSTER_CIDR_V4), IpPrefix.parse(CLUSTER_CIDR_V6));

    private AddressPlan() {}

    /** Whether an address is that of a pod of this node. */
    public static boolean isLocalPod(IpAddress address) {
        return LOCAL_PODS.stream().anyMatch(range -> range.contains(address));
    }

    /** Whether an address is that of a pod of any node. */
    public static boolean isPod(IpAddress address) {
        return PODS.stream().anyMatch(range -> range.contains(address));
    }

    /** What masquerade puts into packets to this destination: the first address of the link that they leave by. */
    public static IpAddress masqueradeAddress(IpAddress destination) {
        boolean v4 = destination.family() == IpFamily.IPV4;
        if (isLocalPod(destination)) {
            return v4 ? BRIDGE_V4 : BRIDGE_V6;
        }
        return v4 ? NODE_V4 : NODE_V6;
    }

    /** The link of the node by which a packet to this destination leaves. */
    public static String link(IpAddress destination) {
        if (isLocalPod(destination)) {
            return BRIDGE;
        }
        return isPod(destination) ? UPLINK : OUTSIDE_LINK;
    }
}
