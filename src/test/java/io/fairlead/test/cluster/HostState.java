package io.fairlead.test.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.kernel.netns.NetNs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What of this machine no cluster may change: kernel parameters, mounts, and the network of where these tests run.
 *
 * <p>Immutable.
 */
public record HostState(Map<String, String> parameters, List<String> mounts, List<String> network) {

    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
    private static final Path PARAMETERS = Path.of("/proc/sys");

    /** Those that count or measure, and one that does something when it is read. */
    private static final Pattern CHANGES_BY_ITSELF =
            Pattern.compile("fs/(aio-nr|dentry-state|file-nr|inode-nr|inode-state|quota/.*|binfmt_misc/.*)"
                    + "|kernel/(ns_last_pid|pty/nr|random/.*|perf_event_max_sample_rate|perf_cpu_time_max_percent)"
                    + "|kernel/sched_domain/.*|net/netfilter/nf_conntrack_count|vm/stat_refresh");

    private static final List<List<String>> NETWORK = List.of(
            List.of("ip", "-brief", "link"),
            List.of("ip", "-brief", "address"),
            List.of("ip", "route", "show", "table", "all"),
            List.of("ip", "-6", "route", "show", "table", "all"),
            List.of("ip", "rule"),
            List.of("nft", "list", "ruleset"));

    public HostState {
        parameters = Map.copyOf(parameters);
        mounts = List.copyOf(mounts);
        network = List.copyOf(network);
    }

    /** As it is now. */
    public static HostState read() throws IOException {
        Map<String, String> parameters = new TreeMap<>();
        Files.walkFileTree(PARAMETERS, new Reader(parameters));
        List<String> mounts = Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                .filter(line -> !line.contains(" /run/netns/"))
                .sorted()
                .toList();
        List<String> network = new ArrayList<>();
        for (List<String> words : NETWORK) {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            network.add(String.join(" ", words) + ":\n" + output);
        }
        return new HostState(parameters, mounts, network);
    }

    /** Reads what can be read. Confined to one thread. */
    private static final class Reader extends SimpleFileVisitor<Path> {
        private final Map<String, String> parameters;

        Reader(Map<String, String> parameters) {
            this.parameters = parameters;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String name = PARAMETERS.relativize(file).toString();
            if (!CHANGES_BY_ITSELF.matcher(name).matches()) {
                try {
                    parameters.put(name, Files.readString(file, StandardCharsets.ISO_8859_1));
                } catch (IOException writeOnly) {
                    return FileVisitResult.CONTINUE;
                }
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException gone) {
            return FileVisitResult.CONTINUE;
        }
    }

    /** Fails if the machine is another now. A module that is loaded may bring parameters with it. */
    public void expectUnchanged() throws IOException {
        HostState now = read();
        Map<String, String> same = new TreeMap<>(now.parameters);
        same.keySet().retainAll(parameters.keySet());
        assertEquals(new TreeMap<>(parameters), same);
        assertEquals(mounts, now.mounts);
        assertEquals(network, now.network);
    }

    /**
     * What there is of a run of the lab: processes, control groups, network namespaces.
     *
     * @param name of the run: the last part of its folder
     */
    public static Set<String> ofRun(String name) {
        String prefix = "fl-" + name + "-";
        Set<String> found = new TreeSet<>();
        // Version 1 has a folder for each hierarchy, version 2 has the groups here.
        Stream.concat(Stream.of(CGROUPS), folders(CGROUPS).stream())
                .flatMap(hierarchy -> folders(hierarchy).stream())
                .filter(group -> fileName(group).startsWith(prefix))
                .forEach(group -> found.add(group.toString()));
        ProcessHandle.allProcesses()
                .map(process -> Path.of("/proc/" + process.pid()))
                .filter(process -> isOf(process, prefix))
                .forEach(process -> found.add(process.toString()));
        NetNs.names().stream().filter(each -> each.startsWith(prefix)).forEach(found::add);
        return found;
    }

    /** Nothing if it goes meanwhile. */
    private static List<Path> folders(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isDirectory).toList();
        } catch (IOException | UncheckedIOException gone) {
            return List.of();
        }
    }

    private static boolean isOf(Path process, String prefix) {
        try {
            return Files.readString(process.resolve("cgroup")).contains(prefix);
        } catch (IOException gone) {
            return false;
        }
    }

    private static String fileName(Path path) {
        return String.valueOf(path.getFileName());
    }
}
