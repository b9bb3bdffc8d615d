package io.fairlead.kernel.nft.fake;

import java.util.ArrayList;
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

    public NftTracer(FakeNftKernel kernel, TracedNode node) {
        this.kernel = kernel;
        this.node = node;
    }

    /**
     * Sends the packet: records are written and refreshed.
     *
     * @param random gives a number below its argument
     * @throws UnsupportedOperationException if a rule asks for something that the packet does not tell
     */
    public NftTrace trace(TracedPacket packet, IntUnaryOperator random) {
        synchronized (kernel) {
            NftTracerHooks hooks = new NftTracerHooks(kernel, packet.family());
            NftTracerWalk walk = new NftTracerWalk(hooks, node, packet, kernel.nowMillis(), random);
            NftTrace.Outcome outcome = walk.run();
            walk.keepRecords();
            return new NftTrace(outcome, walk.probability(), walk.matched());
        }
    }

    /**
     * All outcomes, over all random numbers. Changes nothing.
     *
     * @throws UnsupportedOperationException if a rule asks for something that the packet does not tell
     * @throws IllegalStateException if there are more than 100,000 ways
     */
    public List<NftTrace> traceAll(TracedPacket packet) {
        synchronized (kernel) {
            NftTracerHooks hooks = new NftTracerHooks(kernel, packet.family());
            long now = kernel.nowMillis();
            Map<NftTrace.Outcome, NftTrace> outcomes = new LinkedHashMap<>();
            EveryNumber every = new EveryNumber();
            int ways = 0;
            do {
                if (++ways > WAYS_MAX) {
                    throw new IllegalStateException("more than " + WAYS_MAX + " ways for " + packet);
                }
                NftTracerWalk walk = new NftTracerWalk(hooks, node, packet, now, every);
                NftTrace.Outcome outcome = walk.run();
                NftTrace known = outcomes.get(outcome);
                outcomes.put(
                        outcome,
                        known == null
                                ? new NftTrace(outcome, walk.probability(), walk.matched())
                                : new NftTrace(outcome, known.probability() + walk.probability(), known.matched()));
            } while (every.next());
            return List.copyOf(outcomes.values());
        }
    }

    /** A source of "random" numbers that runs through all combinations, like an odometer. */
    private static final class EveryNumber implements IntUnaryOperator {

        private final List<Integer> numbers = new ArrayList<>();
        private final List<Integer> moduli = new ArrayList<>();
        private int position;

        @Override
        public int applyAsInt(int modulus) {
            if (position == numbers.size()) {
                numbers.add(0);
                moduli.add(modulus);
            }
            return numbers.get(position++);
        }

        /** Goes to the next combination; false if there is none. */
        boolean next() {
            position = 0;
            while (!numbers.isEmpty() && numbers.getLast() + 1 == moduli.getLast()) {
                numbers.removeLast();
                moduli.removeLast();
            }
            if (numbers.isEmpty()) {
                return false;
            }
            numbers.set(numbers.size() - 1, numbers.getLast() + 1);
            return true;
        }
    }
}
