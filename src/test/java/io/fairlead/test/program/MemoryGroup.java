package io.fairlead.test.program;

import io.fairlead.lab.cluster.AgentProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A control group with a limit of memory, of the first or of the second version of control groups, as the machine has it.
 *
 * <p>Confined to the test thread.
 */
final class MemoryGroup implements AutoCloseable {

    private static final Path ROOT = Path.of("/sys/fs/cgroup");

    private final Path folder;
    private final boolean first;

    private MemoryGroup(Path folder, boolean first) {
        this.folder = folder;
        this.first = first;
    }

    static MemoryGroup create(String name) throws IOException {
        boolean first = Files.isDirectory(ROOT.resolve("memory"));
        Path folder = Files.createDirectory((first ? ROOT.resolve("memory") : ROOT).resolve(name));
        return new MemoryGroup(folder, first);
    }

    /** Bytes; what is used beyond them is reclaimed, or its user killed. */
    void limit(long bytes) {
        write(first ? "memory.limit_in_bytes" : "memory.max", Long.toString(bytes));
    }

    private void write(String file, String value) {
        try {
            Files.writeString(folder.resolve(file), value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a process has in memory that cannot be read again from a file. */
    static long programBytes(long pid) {
        try {
            String line = Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                    .filter(each -> each.startsWith("RssAnon:"))
                    .findFirst()
                    .orElseThrow();
            return Long.parseLong(line.replaceAll("\\D", "")) << 10;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The program, in this group. */
    AgentProgram around(AgentProgram program) {
        List<String> words = new ArrayList<>(List.of("sh", "-c", "echo $$ >\"$0\" && exec \"$@\""));
        words.add(folder.resolve("cgroup.procs").toString());
        words.addAll(program.words());
        return new AgentProgram(words);
    }

    /** How many processes of it the kernel has killed. */
    long kills() {
        try {
            return Files.readAllLines(folder.resolve(first ? "memory.oom_control" : "memory.events")).stream()
                    .filter(line -> line.startsWith("oom_kill "))
                    .mapToLong(line -> Long.parseLong(line.substring("oom_kill ".length())))
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (Files.exists(folder)) {
            try {
                Files.delete(folder);
            } catch (IOException e) {
                // Its last process is still ending.
                if (System.nanoTime() > deadline) {
                    throw new UncheckedIOException(e);
                }
                Thread.onSpinWait();
            }
        }
    }
}
