package io.fairlead.kernel.fake;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;

/**
 * A source of "random" numbers that runs through all combinations, like an odometer.
 *
 * <p>Confined to one thread.
 */
public final class EveryNumber implements IntUnaryOperator {

    /** More ways than this through what a fake holds are a mistake in it. */
    private static final int WAYS_MAX = 100_000;

    private final List<Integer> numbers = new ArrayList<>();
    private final List<Integer> moduli = new ArrayList<>();
    private int position;

    private EveryNumber() {}

    /**
     * All that may become of a packet, each outcome once.
     *
     * @param walk one way, by the numbers that it asks for
     * @throws IllegalStateException if there are more than 100,000 ways
     */
    public static List<Trace> traces(TracedPacket packet, Function<EveryNumber, Trace> walk) {
        Map<Trace.Outcome, Trace> outcomes = new LinkedHashMap<>();
        EveryNumber every = new EveryNumber();
        int ways = 0;
        do {
            if (++ways > WAYS_MAX) {
                throw new IllegalStateException("more than " + WAYS_MAX + " ways for " + packet);
            }
            Trace way = walk.apply(every);
            Trace known = outcomes.get(way.outcome());
            outcomes.put(
                    way.outcome(),
                    known == null
                            ? way
                            : new Trace(way.outcome(), known.probability() + way.probability(), known.matched()));
        } while (every.next());
        return List.copyOf(outcomes.values());
    }

    @Override
    public int applyAsInt(int modulus) {
        if (position == numbers.size()) {
            numbers.add(0);
            moduli.add(modulus);
        }
        return numbers.get(position++);
    }

    /** Goes to the next combination; false if there is none. */
    private boolean next() {
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
