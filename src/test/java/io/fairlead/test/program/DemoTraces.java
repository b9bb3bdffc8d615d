package io.fairlead.test.program;

import io.fairlead.kernel.netns.NetNs;
import io.fairlead.test.Poll;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What one run of the demo has on this machine, and what is still there later. Links need no look of their own inside
 * namespaces, since they go with them, but in the namespace of the machine they would stay.
 *
 * <p>Immutable.
 */
final class DemoTraces {

    private static final Pattern LINK = Pattern.compile("node-\\d|pod-\\d-\\d|outside|nodes");

    private final Path run;
    private final String namespacePrefix;

    private DemoTraces(Path run) {
        this.run = run;
        this.namespacePrefix = "fl-" + run.getFileName() + "-";
    }

    /** The run that lives in this folder of runs; waits until it has begun. */
    static DemoTraces of(Path base) {
        Poll.until(
                "a run in " + base, Duration.ofSeconds(10), () -> children(base).size() == 1);
        return new DemoTraces(children(base).getFirst());
    }

    /** Each thing that is still there. */
    Set<String> left() {
        Set<String> left = new TreeSet<>();
        if (Files.exists(run)) {
            left.add("folder " + run);
        }
        names().forEach(name -> left.add("namespace " + name));
        for (Path process : children(Path.of("/proc"))) {
            if (isOurs(process)) {
                left.add("process " + process.getFileName());
            }
        }
        for (Path link : children(Path.of("/sys/class/net"))) {
            if (LINK.matcher(String.valueOf(link.getFileName())).matches()) {
                left.add("link " + link.getFileName());
            }
        }
        return left;
    }

    private List<String> names() {
        return NetNs.names().stream()
                .filter(name -> name.startsWith(namespacePrefix))
                .toList();
    }

    /** Agents and the ingress name the folder among their words, and there are no other processes. */
    private boolean isOurs(Path process) {
        try {
            return Files.readString(process.resolve("cmdline")).contains(run.toString());
        } catch (IOException e) {
            // It has ended, or it is not a process.
            return false;
        }
    }

    private static List<Path> children(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(folder)) {
            return found.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
