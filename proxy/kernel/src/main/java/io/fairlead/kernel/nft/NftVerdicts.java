package io.fairlead.kernel.nft;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives each verdict a small number, so that elements of verdict maps have values of fixed width.
 *
 * <p>Confined to the thread of the data plane that owns it.
 */
public final class NftVerdicts {

    private final Map<NftVerdict, Integer> numbers = new HashMap<>();
    private final List<@Nullable NftVerdict> verdicts = new ArrayList<>();
    private final ArrayDeque<Integer> free = new ArrayDeque<>();

    /** The number of a verdict; a new one gets the first free number. */
    public int number(NftVerdict verdict) {
        Integer known = numbers.get(verdict);
        if (known != null) {
            return known;
        }
        Integer recycled = free.poll();
        int number = recycled != null ? recycled : verdicts.size();
        if (recycled != null) {
            verdicts.set(number, verdict);
        } else {
            verdicts.add(verdict);
        }
        numbers.put(verdict, number);
        return number;
    }

    /** @throws IllegalArgumentException if no verdict has this number */
    public NftVerdict verdict(int number) {
        NftVerdict verdict = number >= 0 && number < verdicts.size() ? verdicts.get(number) : null;
        if (verdict == null) {
            throw new IllegalArgumentException("no verdict has number " + number);
        }
        return verdict;
    }

    /** Frees the number of a verdict that no element holds any more. */
    public void release(NftVerdict verdict) {
        Integer number = numbers.remove(verdict);
        if (number != null) {
            verdicts.set(number, null);
            free.add(number);
        }
    }
}
