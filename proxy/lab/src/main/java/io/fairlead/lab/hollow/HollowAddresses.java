package io.fairlead.lab.hollow;

/**
 * Who has which address.
 *
 * <pre>
 *   Service s   172.30.1.0 + s                       fd00:172:30::100 + s
 *   Node n      172.20.0.1 + n                       fd00:172:20::1 + n
 *   Pod p       10.0.0.1 + range of node p % nodes + p / nodes      fd00:10::1 + p
 * </pre>
 *
 * <p>Pod ranges of Nodes are as long as they must be for twice as many Pods as there are endpoints, at least 256.
 *
 * <p>Immutable.
 */
public final class HollowAddresses {

    /** All Pods; the second half of 10.0.0.0/8 is left to others. */
    public static final String POD_RANGE = "10.0.0.0/9";

    public static final String POD_RANGE_6 = "fd00:10::/64";
    public static final String SERVICE_RANGE = "172.30.0.0/16";
    public static final String SERVICE_RANGE_6 = "fd00:172:30::/112";
    public static final int PORT = 80;
    public static final int TARGET_PORT = 8080;

    private static final int FIRST_POD = 0x0a00_0000;
    private static final int FIRST_SERVICE = 0xac1e_0100;
    private static final int SERVICE_OFFSET = 0x100;
    private static final int FIRST_NODE = 0xac14_0001;
    private static final int FIRST_BALANCER = 0xc612_0000;
    private static final int POD_BITS = 23;
    private static final int NODE_BITS_MIN = 8;
    private static final int FIRST_NODE_PORT = 30_000;
    private static final int NODE_PORTS = 2_768;

    private final int nodes;
    private final int nodeBits;

    HollowAddresses(HollowShape shape) {
        this.nodes = shape.nodes();
        int podsPerNode = 2 * shape.endpoints() / nodes + 2;
        this.nodeBits = Math.max(NODE_BITS_MIN, Integer.SIZE - Integer.numberOfLeadingZeros(podsPerNode + 2));
        if ((long) nodes << nodeBits > 1 << POD_BITS) {
            throw new IllegalArgumentException(
                    shape.endpoints() + " endpoints on " + nodes + " Nodes do not fit into " + POD_RANGE);
        }
    }

    /** How many Pods can have an address at once. */
    int podsMax() {
        // All zeros and all ones of a range belong to nobody.
        return nodes * ((1 << nodeBits) - 2);
    }

    int nodeOfPod(int pod) {
        return pod % nodes;
    }

    String pod(int pod, boolean ipv6) {
        return ipv6 ? "fd00:10::" + hexPair(pod + 1) : text(FIRST_POD + (pod % nodes << nodeBits) + 1 + pod / nodes);
    }

    String podRange(int node) {
        return text(FIRST_POD + (node << nodeBits)) + "/" + (Integer.SIZE - nodeBits);
    }

    /** The ClusterIP of a Service. */
    public static String service(int service, boolean ipv6) {
        return ipv6 ? "fd00:172:30::" + Integer.toHexString(SERVICE_OFFSET + service) : text(FIRST_SERVICE + service);
    }

    static String node(int node, boolean ipv6) {
        return ipv6 ? "fd00:172:20::" + Integer.toHexString(node + 1) : text(FIRST_NODE + node);
    }

    /** An address from the range of benchmarks (RFC 2544). */
    static String balancer(int service) {
        return text(FIRST_BALANCER + service);
    }

    /** One of those that a cluster has by default, 0 if they are used up. */
    static int nodePort(int ordinal) {
        return ordinal < NODE_PORTS ? FIRST_NODE_PORT + ordinal : 0;
    }

    private static String hexPair(int number) {
        return Integer.toHexString(number >>> 16) + ":" + Integer.toHexString(number & 0xffff);
    }

    private static String text(int bits) {
        return (bits >>> 24) + "." + (bits >>> 16 & 255) + "." + (bits >>> 8 & 255) + "." + (bits & 255);
    }
}
