package io.fairlead.kernel.fake;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * A source of "random" numbers that runs through all combinations, like an odometer.
 *
 * <p>Confined to one thread.
 */
public final class EveryNumber implements IntUnaryOperator {

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
    public boolean next() {
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
