package io.fairlead.kernel.fake;

import io.fairlead.kernel.Errno;
import java.util.Random;

/**
 * Decides which calls to a fake of a kernel facility fail. Asked once per call, in their order.
 *
 * <p>Confined to the thread that calls the kernel.
 */
@FunctionalInterface
public interface Faults {

    /** Nothing fails. */
    Faults NONE = (call, number) -> Fault.NONE;

    /** @param number counts the calls of this kind, from 1 */
    Fault fault(Call call, long number);

    /** Kinds of calls. */
    enum Call {
        APPLY,
        READ
    }

    /**
     * How a call fails.
     *
     * @param errno 0 if it does not
     * @param applied whether a transaction is applied all the same: the kernel did it, and its answer was lost
     */
    record Fault(int errno, boolean applied) {
        public static final Fault NONE = new Fault(0, false);

        public static Fault of(int errno) {
            return new Fault(errno, false);
        }

        public boolean fails() {
            return errno != 0;
        }
    }

    /** Fails calls by chance; nothing of a failed transaction is applied. */
    static Faults seeded(long seed, int percent) {
        Random random = new Random(seed);
        return (call, number) -> random.nextInt(100) < percent
                ? Fault.of(random.nextBoolean() ? Errno.ENOMEM : Errno.EINTR)
                : Fault.NONE;
    }

    /** Like {@link #seeded}, but of the transactions that fail every second one is applied. */
    static Faults seededWithLostAnswers(long seed, int percent) {
        Random random = new Random(seed);
        return (call, number) -> random.nextInt(100) < percent
                ? new Fault(Errno.ENOBUFS, call == Call.APPLY && random.nextBoolean())
                : Fault.NONE;
    }
}
