package io.fairlead.lab.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Control groups at the top of each hierarchy of this machine (cgroups(7)): those of version 1 where there are any, else
 * the one of version 2.
 *
 * <p>Immutable.
 */
final class Cgroups {

    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
    private static final Duration REMOVE_TIMEOUT = Duration.ofSeconds(20);
    private static final long POLL_NANOS = 10_000_000;

    /** Places of fields in a line of mountinfo. */
    private static final int DEVICE = 2;

    private static final int MOUNT_POINT = 4;

    /** Without these, which a new group of version 1 lacks, no process can be put into it: cpuset(7). */
    private static final List<String> CPUSET = List.of("cpuset.cpus", "cpuset.mems");

    private Cgroups() {}

    /** What a kubelet wants of version 2, where a group has what the one above hands on. */
    private static final Set<String> CONTROLLERS = Set.of("cpu", "cpuset", "memory", "pids");

    /** Makes one in each hierarchy, each with a child {@code init}. */
    static List<Path> create(String name) {
        List<Path> made = new ArrayList<>();
        for (Path hierarchy : hierarchies()) {
            Path group = hierarchy.resolve(name);
            try {
                makeGroup(group, hierarchy);
                requireControllers(group, hierarchy);
                makeGroup(group.resolve("init"), group);
            } catch (IOException e) {
                throw new LabException("cannot make the control group " + group + ": " + e.getMessage(), e);
            }
            made.add(group);
        }
        if (made.isEmpty()) {
            throw new LabException("this machine has no control groups mounted");
        }
        return made;
    }

    private static void makeGroup(Path group, Path parent) throws IOException {
        Files.createDirectory(group);
        for (String file : CPUSET) {
            Path inherited = group.resolve(file);
            // Version 2 inherits by itself.
            if (Files.exists(inherited) && !Files.exists(group.resolve("cgroup.controllers"))) {
                Files.writeString(inherited, Files.readString(parent.resolve(file)));
            }
        }
    }

    private static void requireControllers(Path group, Path parent) throws IOException {
        Path controllers = group.resolve("cgroup.controllers");
        if (Files.exists(controllers)) {
            Set<String> missing = new TreeSet<>(CONTROLLERS);
            List.of(Files.readString(controllers).strip().split(" ")).forEach(missing::remove);
            if (!missing.isEmpty()) {
                throw new IOException("the machine does not hand on " + String.join(", ", missing) + "; writing '+"
                        + String.join(" +", missing) + "' to " + parent.resolve("cgroup.subtree_control")
                        + " changes that");
            }
        }
    }

    /** Ends all processes in groups whose name begins so, and removes the groups with what is below them. */
    static void remove(String prefix) {
        for (Path hierarchy : hierarchies()) {
            for (Path group : children(hierarchy)) {
                if (String.valueOf(group.getFileName()).startsWith(prefix)) {
                    remove(group);
                }
            }
        }
    }

    /** Its processes may make new ones, and groups, until the last has gone. */
    private static void remove(Path group) {
        long deadline = System.nanoTime() + REMOVE_TIMEOUT.toNanos();
        while (Files.exists(group) && !isRemoved(group)) {
            if (System.nanoTime() > deadline) {
                throw new LabException(
                        "cannot remove the control group " + group + ": there are still processes in it");
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private static boolean isRemoved(Path group) {
        children(group).forEach(Cgroups::isRemoved);
        processes(group).forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        try {
            Files.deleteIfExists(group);
            return true;
        } catch (IOException inUse) {
            return false;
        }
    }

    private static List<Long> processes(Path group) {
        try {
            return Files.readAllLines(group.resolve("cgroup.procs")).stream()
                    .map(Long::valueOf)
                    .toList();
        } catch (IOException gone) {
            return List.of();
        }
    }

    private static List<Path> children(Path group) {
        try (Stream<Path> entries = Files.list(group)) {
            return entries.filter(Files::isDirectory).toList();
        } catch (NoSuchFileException gone) {
            return List.of();
        } catch (FileSystemException | UncheckedIOException gone) {
            // The kernel says ENODEV of a folder that went while it was open.
            return List.of();
        } catch (IOException e) {
            throw new LabException("cannot look into " + group + ": " + e.getMessage(), e);
        }
    }

    /** Where they are mounted: mountinfo is described in proc_pid_mountinfo(5). */
    private static List<Path> hierarchies() {
        List<String> mounts;
        try {
            mounts = Files.readAllLines(MOUNTS);
        } catch (IOException e) {
            throw new LabException("cannot read " + MOUNTS + ": " + e.getMessage(), e);
        }
        List<Path> first = mounted(mounts, "cgroup");
        return first.isEmpty() ? mounted(mounts, "cgroup2") : first;
    }

    /** A hierarchy that is mounted twice counts once. */
    private static List<Path> mounted(List<String> mounts, String type) {
        Map<String, Path> byDevice = new LinkedHashMap<>();
        for (String line : mounts) {
            if (line.contains(" - " + type + " ")) {
                String[] fields = line.split(" ", -1);
                byDevice.putIfAbsent(fields[DEVICE], Path.of(fields[MOUNT_POINT]));
            }
        }
        return List.copyOf(byDevice.values());
    }
}
