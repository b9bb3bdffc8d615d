package io.fairlead.kernel.nft.fake;

import io.fairlead.kernel.fake.EveryNumber;
import io.fairlead.kernel.fake.Trace;
import io.fairlead.kernel.fake.TracedBalancer;
import io.fairlead.kernel.fake.TracedNode;
import io.fairlead.kernel.fake.TracedPacket;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * Where does this packet go? Walks the tables of a fake, and nothing else, as the kernel would with the first packet
 * of a connection. Fails on whatever it does not know instead of guessing.
 *
 * <p>Thread-safe, as far as the {@link TracedNode} is.
 */
public final class NftTracer {

    /** More ways than this through one ruleset are a mistake in it. */
    private static final int WAYS_MAX = 100_000;

    private final FakeNftKernel kernel;
    private final TracedNode node;
    private final TracedBalancer balancer;

    public NftTracer(FakeNftKernel kernel, TracedNode node) {
        this(kernel, node, TracedBalancer.NONE);
    }

    /** @param balancer of the same kernel */
    public NftTracer(FakeNftKernel kernel, TracedNode node, TracedBalancer balancer) {
        this.kernel = kernel;
        this.node = node;
        this.balancer = balancer;
    }

    /**
     * Sends the packet: records are written and refreshed.
     *
     * @param random gives a number below its argument
     * @throws UnsupportedOperationException if a rule asks for something that the packet does not tell
     */
    public Trace trace(TracedPacket packet, IntUnaryOperator random) {
        synchronized (kernel) {
            NftTracerHooks hooks = new NftTracerHooks(kernel, packet.isIpv6());
            NftTracerWalk walk = new NftTracerWalk(hooks, node, balancer, packet, kernel.nowMillis(), random);
            Trace.Outcome outcome = walk.run();
            walk.keepRecords();
            return new Trace(outcome, walk.probability(), walk.matched());
        }
    }

    /**
     * All outcomes, over all random numbers. Changes nothing.
     *
     * @throws UnsupportedOperationException if a rule asks for something that the packet does not tell
     * @throws IllegalStateException if there are more than 100,000 ways
     */
    public List<Trace> traceAll(TracedPacket packet) {
        synchronized (kernel) {
            NftTracerHooks hooks = new NftTracerHooks(kernel, packet.isIpv6());
            long now = kernel.nowMillis();
            Map<Trace.Outcome, Trace> outcomes = new LinkedHashMap<>();
            EveryNumber every = new EveryNumber();
            int ways = 0;
            do {
                if (++ways > WAYS_MAX) {
                    throw new IllegalStateException("more than " + WAYS_MAX + " ways for " + packet);
                }
                NftTracerWalk walk = new NftTracerWalk(hooks, node, balancer, packet, now, every);
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
