package io.fairlead.test.netns;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The network namespaces that this process holds, by its threads and by its open files.
 *
 * <p>Thread-safe: reads {@code /proc}.
 */
final class ProcessNamespaces {

    private ProcessNamespaces() {}

    static List<Long> inodes() throws IOException {
        TreeSet<Long> inodes = new TreeSet<>();
        for (Path task : children(Path.of("/proc/self/task"))) {
            add(task.resolve("ns/net"), inodes);
        }
        for (Path file : children(Path.of("/proc/self/fd"))) {
            add(file, inodes);
        }
        return List.copyOf(inodes);
    }

    private static List<Path> children(Path folder) throws IOException {
        try (Stream<Path> found = Files.list(folder)) {
            return found.toList();
        }
    }

    private static void add(Path link, Set<Long> inodes) {
        try {
            String target = Files.readSymbolicLink(link).toString();
            if (target.startsWith("net:[")) {
                inodes.add(Long.parseLong(target.substring("net:[".length(), target.length() - 1)));
            }
        } catch (IOException e) {
            // The thread or the file went away while we looked: then it holds nothing.
            inodes.remove(0L);
        }
    }
}
