package io.fairlead.bench.look;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What proc(5) says of a process at one moment.
 *
 * <p>Immutable.
 *
 * @param residentMegabytes VmRSS
 * @param peakMegabytes VmHWM
 * @param privateMegabytes RssAnon
 * @param proportionalMegabytes Pss: pages that others map, too, count in part
 * @param cpuSeconds user and system time of all its threads, and of its children that have ended
 */
public record ProcessLook(
        double residentMegabytes,
        double peakMegabytes,
        double privateMegabytes,
        double proportionalMegabytes,
        double cpuSeconds) {

    private static final double KILO = 1024;
    /** USER_HZ, which is 100 on all architectures that matter here. */
    private static final double TICKS = 100;

    /** utime, stime, cutime and cstime. */
    private static final int FIRST_TIME = 11;

    private static final int TIMES = 4;

    /** @throws UncheckedIOException if the process is gone */
    public static ProcessLook at(long pid) {
        Path process = Path.of("/proc/" + pid);
        try {
            List<String> status = Files.readAllLines(process.resolve("status"));
            String stat = Files.readString(process.resolve("stat"));
            // Behind the name, which may have blanks and brackets of its own.
            String[] times = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            long ticks = 0;
            for (int i = FIRST_TIME; i < FIRST_TIME + TIMES; i++) {
                ticks += Long.parseLong(times[i]);
            }
            return new ProcessLook(
                    megabytes(status, "VmRSS:"),
                    megabytes(status, "VmHWM:"),
                    megabytes(status, "RssAnon:"),
                    megabytes(Files.readAllLines(process.resolve("smaps_rollup")), "Pss:"),
                    ticks / TICKS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double megabytes(List<String> lines, String name) {
        for (String line : lines) {
            if (line.startsWith(name)) {
                return Double.parseDouble(line.replaceAll("[^0-9]", "")) / KILO;
            }
        }
        throw new IllegalStateException("no " + name);
    }
}
