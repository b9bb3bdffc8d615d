package io.fairlead.kernel.fake;

import java.net.InetAddress;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * A load balancer of the kernel behind the hooks of a tracer, where packets are delivered to the node and where it sends.
 *
 * <p>Confined to the thread that traces.
 */
@FunctionalInterface
public interface TracedBalancer {

    /** There is none. */
    TracedBalancer NONE = (_, _, _, _) -> Optional.empty();

    /**
     * What is made of the first packet of a connection.
     *
     * @param destination its destination by now, with {@code port}
     * @param random gives a number below its argument, and is asked at most once
     * @return empty if the address and port are not balanced
     */
    Optional<Choice> choose(TracedPacket packet, InetAddress destination, int port, IntUnaryOperator random);

    /** The packet was sent, and not only thought of: whoever keeps to a choice remembers it. */
    default void keep(TracedPacket packet, InetAddress destination, int port, Choice choice) {}

    /**
     * What became of a packet.
     *
     * <p>Immutable.
     */
    sealed interface Choice {

        /** @param ways how many servers were equally likely */
        record Server(InetAddress address, int port, int ways) implements Choice {}

        /** Nobody can take it; the sender is told. */
        record Refused() implements Choice {}
    }
}
