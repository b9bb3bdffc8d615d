package io.fairlead.agent.dataplane.nftables;

import io.fairlead.agent.plan.Routing;
import java.util.Locale;

/**
 * The number by which a frontend's map entry names its route, and the chain that the number stands for.
 *
 * <pre>
 *   bit 31      30 .. 25        24        23 .. 0
 *   0           routing         NodePort  number of backends
 *   1           ----- a Service port with affinity -----
 * </pre>
 *
 * <p>Thread-safe: pure functions.
 */
final class RouteNumber {

    static final int AFFINITY = 0x8000_0000;
    private static final int NODE_PORT = 1 << 24;
    private static final int COUNT_MASK = NODE_PORT - 1;

    private RouteNumber() {}

    /** @param count number of backends, 0 where the chain does not choose */
    static int shared(Routing routing, boolean nodePort, int count) {
        return code(routing) << 25 | (nodePort ? NODE_PORT : 0) | count;
    }

    /** Part of the layout: a running kernel holds these numbers. */
    private static int code(Routing routing) {
        return switch (routing) {
            case REJECT -> 1;
            case DROP -> 2;
            case DIRECT -> 3;
            case DIRECT_LOCAL -> 4;
            case MASQUERADE -> 5;
            case MASQUERADE_LOCAL -> 6;
            case MASQUERADE_UNLESS_POD -> 7;
            case MASQUERADE_UNLESS_POD_LOCAL -> 8;
            case PRESERVE_SOURCE -> 9;
            case PRESERVE_SOURCE_ELSEWHERE -> 10;
        };
    }

    static Routing routing(int number) {
        for (Routing routing : Routing.values()) {
            if (code(routing) == number >>> 25) {
                return routing;
            }
        }
        throw new IllegalArgumentException("no shared route has number 0x" + Integer.toHexString(number));
    }

    static boolean nodePort(int number) {
        return (number & NODE_PORT) != 0;
    }

    static int count(int number) {
        return number & COUNT_MASK;
    }

    /** Name of the chain of a shared route, for example {@code masquerade-5} or {@code node-port-direct-3}. */
    static String chain(int number) {
        String name = chain(routing(number));
        return (nodePort(number) ? "node-port-" : "") + name + (count(number) > 0 ? "-" + count(number) : "");
    }

    /** {@code MASQUERADE_UNLESS_POD} is {@code masquerade-unless-pod}. */
    static String chain(Routing routing) {
        return routing.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
