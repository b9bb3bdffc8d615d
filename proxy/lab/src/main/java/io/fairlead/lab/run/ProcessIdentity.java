package io.fairlead.lab.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One process, told from a later one that got the same number.
 *
 * <p>Immutable.
 *
 * @param pid its number
 * @param startTicks when it started, in clock ticks since boot: field 22 of {@code /proc/PID/stat}, proc_pid_stat(5)
 */
record ProcessIdentity(long pid, long startTicks) {

    /** Places of fields after the name of the program, which may itself contain blanks and brackets. */
    private static final int STATE = 0;

    private static final int START_TIME = 19;

    static ProcessIdentity ofThisProcess() {
        long pid = ProcessHandle.current().pid();
        return of(pid).orElseThrow(() -> new LabException("/proc does not show process " + pid));
    }

    /** The process of that number, if it is alive; one that is dead and only waits for its parent is not. */
    static Optional<ProcessIdentity> of(long pid) {
        String stat;
        try {
            stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        } catch (IOException gone) {
            return Optional.empty();
        }
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
        boolean dead = fields[STATE].equals("Z") || fields[STATE].equals("X");
        return dead ? Optional.empty() : Optional.of(new ProcessIdentity(pid, Long.parseLong(fields[START_TIME])));
    }

    /** Reads what {@link #toString} wrote; nothing if the text is something else, such as half a line. */
    static Optional<ProcessIdentity> parse(String text) {
        String[] words = text.strip().split(" ", -1);
        boolean complete = words.length == 2 && words[0].matches("[0-9]{1,9}") && words[1].matches("[0-9]{1,18}");
        return complete
                ? Optional.of(new ProcessIdentity(Long.parseLong(words[0]), Long.parseLong(words[1])))
                : Optional.empty();
    }

    boolean isAlive() {
        return of(pid).filter(this::equals).isPresent();
    }

    /** Ends it at once; nothing happens if it has gone. */
    void kill() {
        if (isAlive()) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    @Override
    public String toString() {
        return pid + " " + startTicks;
    }
}
