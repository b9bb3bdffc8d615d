package io.fairlead.lab.topology;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Who is where. Every node is on one wire with the router; the outside client is behind it.
 *
 * <pre>
 *   outside 203.0.113.10 ── router ──┬── node-1 192.168.0.11 ── pods 10.180.1.11, 10.180.1.12 ...
 *                                    └── node-2 192.168.0.12 ── pods 10.180.2.11 ...
 * </pre>
 *
 * <p>Immutable.
 */
public record Topology(List<NodeSpec> nodes) {

    public static final int NODES_MAX = 9;
    public static final int PODS_MAX = 200;

    /** All pods of all nodes. */
    public static final Range POD_RANGE = new Range(DualStack.of("10.180.0.0", "fd00:10:180::"), 16, 48);

    public static final Range NODE_RANGE = new Range(DualStack.of("192.168.0.0", "fd00:c0a8::"), 24, 64);

    public static final Range OUTSIDE_RANGE = new Range(DualStack.of("203.0.113.0", "2001:db8:203::"), 24, 64);

    /** Addresses that a load balancer could give; the router sends them to the first node. */
    public static final Range LOAD_BALANCER_RANGE = new Range(DualStack.of("198.51.100.0", "2001:db8:198::"), 24, 64);

    /** The router on the nodes' wire. */
    public static final HostSpec ROUTER = new HostSpec("router", DualStack.of("192.168.0.1", "fd00:c0a8::1"));

    /** The router on the client's wire. */
    public static final DualStack OUTSIDE_GATEWAY = DualStack.of("203.0.113.1", "2001:db8:203::1");

    public static final HostSpec OUTSIDE = new HostSpec("outside", DualStack.of("203.0.113.10", "2001:db8:203::10"));

    /** The last part of the first node's, and of every node's first pod's, address. */
    private static final int FIRST = 11;

    public Topology {
        nodes = List.copyOf(nodes);
    }

    /** @param podsPerNode they are called {@code pod-NODE-POD}, both counted from 1 */
    public static Topology of(int nodes, int podsPerNode) {
        if (nodes < 1 || nodes > NODES_MAX || podsPerNode < 0 || podsPerNode > PODS_MAX) {
            throw new IllegalArgumentException("1 to " + NODES_MAX + " nodes with 0 to " + PODS_MAX
                    + " pods are possible, not " + nodes + " with " + podsPerNode);
        }
        return new Topology(IntStream.rangeClosed(1, nodes)
                .mapToObj(node -> node(node, podsPerNode))
                .toList());
    }

    private static NodeSpec node(int node, int pods) {
        int last = FIRST + node - 1;
        String range4 = "10.180." + node + ".";
        String range6 = "fd00:10:180:" + node + "::";
        return new NodeSpec(
                new HostSpec("node-" + node, DualStack.of("192.168.0." + last, "fd00:c0a8::" + last)),
                new Range(DualStack.of(range4 + "0", range6), 24, 64),
                DualStack.of(range4 + "1", range6 + "1"),
                IntStream.rangeClosed(1, pods)
                        .mapToObj(pod -> new HostSpec(
                                "pod-" + node + "-" + pod,
                                DualStack.of(range4 + (FIRST + pod - 1), range6 + (FIRST + pod - 1))))
                        .toList());
    }

    /** All pods, the first of each node, then the second of each, and so on. */
    public List<HostSpec> pods() {
        int most = nodes.stream().mapToInt(node -> node.pods().size()).max().orElse(0);
        return IntStream.range(0, most)
                .boxed()
                .flatMap(i -> nodes.stream()
                        .filter(node -> i < node.pods().size())
                        .map(node -> node.pods().get(i)))
                .toList();
    }

    /** Everything that gets a namespace. */
    Stream<HostSpec> hosts() {
        Stream<HostSpec> cluster =
                nodes.stream().flatMap(node -> Stream.concat(Stream.of(node.host()), node.pods().stream()));
        return Stream.concat(Stream.of(ROUTER, OUTSIDE), cluster);
    }

    /** The node that a pod is on. */
    public NodeSpec nodeOf(HostSpec pod) {
        return nodes.stream()
                .filter(node -> node.pods().contains(pod))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(pod.name() + " is no pod of this topology"));
    }
}
