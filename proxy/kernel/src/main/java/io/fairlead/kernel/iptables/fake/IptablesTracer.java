package io.fairlead.kernel.iptables.fake;

import io.fairlead.kernel.fake.EveryNumber;
import io.fairlead.kernel.fake.Trace;
import io.fairlead.kernel.fake.TracedNode;
import io.fairlead.kernel.fake.TracedPacket;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * Where does this packet go? Walks the tables of a fake, and nothing else, as the kernel would with the first packet of
 * a connection.
 *
 * <p>Thread-safe, as far as the {@link TracedNode} is.
 */
public final class IptablesTracer {

    /** More ways than this through one ruleset are a mistake in it. */
    private static final int WAYS_MAX = 100_000;

    private final FakeIptablesKernel kernel;
    private final TracedNode node;

    public IptablesTracer(FakeIptablesKernel kernel, TracedNode node) {
        this.kernel = kernel;
        this.node = node;
    }

    /**
     * Sends the packet: clients are noted.
     *
     * @param random gives a number below its argument
     */
    public Trace trace(TracedPacket packet, IntUnaryOperator random) {
        synchronized (kernel) {
            IptablesWalk walk = new IptablesWalk(kernel, node, packet, count -> random.applyAsInt(count) == 0);
            Trace.Outcome outcome = walk.run();
            walk.keepNotes();
            return new Trace(outcome, walk.probability(), walk.matched());
        }
    }

    /**
     * All outcomes, over all random numbers. Changes nothing.
     *
     * @throws IllegalStateException if there are more than 100,000 ways
     */
    public List<Trace> traceAll(TracedPacket packet) {
        synchronized (kernel) {
            Map<Trace.Outcome, Trace> outcomes = new LinkedHashMap<>();
            EveryNumber every = new EveryNumber();
            int ways = 0;
            do {
                if (++ways > WAYS_MAX) {
                    throw new IllegalStateException("more than " + WAYS_MAX + " ways for " + packet);
                }
                IptablesWalk walk = new IptablesWalk(kernel, node, packet, _ -> every.applyAsInt(2) == 0);
                Trace.Outcome outcome = walk.run();
                Trace known = outcomes.get(outcome);
                outcomes.put(
                        outcome,
                        known == null
                                ? new Trace(outcome, walk.probability(), walk.matched())
                                : new Trace(outcome, known.probability() + walk.probability(), known.matched()));
            } while (every.next());
            return List.copyOf(outcomes.values());
        }
    }
}
