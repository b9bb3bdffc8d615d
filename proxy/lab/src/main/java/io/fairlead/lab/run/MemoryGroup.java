package io.fairlead.lab.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A control group with a limit of memory, of the first or of the second version of control groups, as the machine has it
 * (cgroups(7)).
 *
 * <p>Confined to one thread.
 */
public final class MemoryGroup implements AutoCloseable {

    private static final Path ROOT = Path.of("/sys/fs/cgroup");
    private static final long END_NANOS_MAX = 10_000_000_000L;
    private static final long POLL_NANOS = 10_000_000;

    private final Path folder;
    private final boolean first;

    private MemoryGroup(Path folder, boolean first) {
        this.folder = folder;
        this.first = first;
    }

    /** @throws LabException if the machine does not let it be made, or has one of this name */
    public static MemoryGroup create(String name) {
        boolean first = Files.isDirectory(ROOT.resolve("memory"));
        Path folder = (first ? ROOT.resolve("memory") : ROOT).resolve(name);
        try {
            return new MemoryGroup(Files.createDirectory(folder), first);
        } catch (IOException e) {
            throw new LabException("cannot make the control group " + folder + ": " + e.getMessage(), e);
        }
    }

    /** Bytes; what is used beyond them is reclaimed, or its user killed. */
    public void limit(long bytes) {
        Path file = folder.resolve(first ? "memory.limit_in_bytes" : "memory.max");
        try {
            Files.writeString(file, Long.toString(bytes));
        } catch (IOException e) {
            throw new LabException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    /** The words that run a command in this group. */
    public List<String> words(List<String> command) {
        List<String> words = new ArrayList<>(List.of("sh", "-c", "echo $$ >\"$0\" && exec \"$@\""));
        words.add(folder.resolve("cgroup.procs").toString());
        words.addAll(command);
        return words;
    }

    /** The most bytes that were used at a time, with what the kernel keeps for its processes, and files it has cached. */
    public long peakBytes() {
        return Long.parseLong(
                read(first ? "memory.max_usage_in_bytes" : "memory.peak").strip());
    }

    /** How many processes of it the kernel has killed. */
    public long kills() {
        return read(first ? "memory.oom_control" : "memory.events")
                .lines()
                .filter(line -> line.startsWith("oom_kill "))
                .mapToLong(line -> Long.parseLong(line.substring("oom_kill ".length())))
                .sum();
    }

    private String read(String file) {
        try {
            return Files.readString(folder.resolve(file));
        } catch (IOException e) {
            throw new LabException("cannot read " + folder.resolve(file) + ": " + e.getMessage(), e);
        }
    }

    /** Waits for its last process, which somebody else ends. */
    @Override
    public void close() {
        long deadline = System.nanoTime() + END_NANOS_MAX;
        while (Files.exists(folder)) {
            try {
                Files.delete(folder);
            } catch (IOException e) {
                if (System.nanoTime() > deadline) {
                    throw new LabException("cannot remove the control group " + folder + ": " + e.getMessage(), e);
                }
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
    }
}
