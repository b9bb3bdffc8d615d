package io.fairlead.kernel.fake;

import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Where does this packet go? Walks what a fake holds, and nothing else, as the kernel would with the first packet of a
 * connection. Fails on whatever it does not know instead of guessing.
 *
 * <p>Thread-safe, as far as the {@link TracedNode} is.
 */
public interface Tracer {

    /**
     * Sends the packet: records are written and refreshed.
     *
     * @param random gives a number below its argument
     * @throws UnsupportedOperationException if a rule asks for something that the packet does not tell
     */
    Trace trace(TracedPacket packet, IntUnaryOperator random);

    /**
     * All outcomes, over all random numbers. Changes nothing.
     *
     * @throws UnsupportedOperationException if a rule asks for something that the packet does not tell
     * @throws IllegalStateException if there are too many ways
     */
    List<Trace> traceAll(TracedPacket packet);
}
