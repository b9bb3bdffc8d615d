package io.fairlead.bench.look;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Time of processors that a process, or its children, have used, all their threads together, by proc(5).
 *
 * <p>Immutable.
 *
 * @param userMicros in the process itself
 * @param systemMicros in the kernel on its behalf
 */
public record CpuTime(double userMicros, double systemMicros) {

    /** Of USER_HZ, which is 100 on all architectures that matter here. */
    private static final double TICK_MICROS = 10_000;

    private static final int USER_TIME = 11;
    private static final int CHILDREN_USER_TIME = 13;

    /** @throws UncheckedIOException if the process is gone */
    public static CpuTime of(long pid) {
        return at(pid, USER_TIME);
    }

    /** Of those children that have ended; throws the same. */
    public static CpuTime ofChildren(long pid) {
        return at(pid, CHILDREN_USER_TIME);
    }

    /** The field of the time in the process; that in the kernel is the next. */
    private static CpuTime at(long pid, int user) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            // Behind the name, which may have blanks and brackets of its own.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return new CpuTime(
                    TICK_MICROS * Long.parseLong(fields[user]), TICK_MICROS * Long.parseLong(fields[user + 1]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What was used since an earlier moment. */
    public CpuTime since(CpuTime before) {
        return new CpuTime(userMicros - before.userMicros, systemMicros - before.systemMicros);
    }

    public double micros() {
        return userMicros + systemMicros;
    }
}
