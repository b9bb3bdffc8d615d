package io.fairlead.lab.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.kernel.netns.NetNs;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabRunTest {

    private final Path base;

    LabRunTest(@TempDir Path temporary) {
        base = temporary.resolve("runs");
    }

    @Test
    void theNextRunRemovesWhatAKilledOneLeft() throws Exception {
        Process killed = crash();
        assertTrue(killed.waitFor(30, TimeUnit.SECONDS), "the run to be killed does not end");
        String output = new String(killed.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(CrashingRun.EXIT_CODE, killed.exitValue(), output);
        String[] words = output.strip().split(" ", -1);
        String prefix = words[0];
        ProcessIdentity child = ProcessIdentity.of(Long.parseLong(words[1])).orElseThrow();
        assertEquals(2, ours(prefix).size(), "the crash leaves namespaces");
        List<String> groups = cgroups(child);
        assertTrue(
                groups.stream().anyMatch(line -> line.endsWith("/" + prefix + "two/init")),
                "the child is in a group of the run: " + groups);

        try (LabRun next = LabRun.start(base)) {
            assertEquals(1, next.leftoversRemoved());
            assertEquals(List.of(), ours(prefix));
            assertFalse(child.isAlive(), "the child of the killed run still lives");
            assertEquals(List.of(), cgroups(prefix));
            assertEquals(List.of(next.folder()), entries(base));
        }
        assertFalse(Files.exists(base), "the last run removes the folder of all runs");
    }

    private Process crash() throws IOException {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.startsWith("--enable") || flag.startsWith("--sun-misc"))
                .toList());
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), CrashingRun.class.getName(), base.toString()));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    @Test
    void twoRunsLiveBesideEachOther() {
        try (LabRun first = LabRun.start(base)) {
            NetNs hold = first.createNamespace("host");
            try (LabRun second = LabRun.start(base)) {
                assertEquals(0, second.leftoversRemoved());
                assertNotEquals(first.name(), second.name());
                second.createNamespace("host").close();
            }
            assertTrue(NetNs.names().contains(first.namespaceName("host")));
            hold.close();
        }
    }

    @Test
    void nothingCanBeMadeAfterTheEnd() {
        LabRun run = LabRun.start(base);
        run.close();
        assertThrows(LabException.class, () -> run.createNamespace("late"));
        try (NetNs anywhere = NetNs.anonymous()) {
            assertThrows(LabException.class, () -> run.start(new ProcessBuilder("true"), anywhere));
        }
        run.close();
    }

    @Test
    void childrenAreBornInTheNamespaceAndEndWithTheRun() throws Exception {
        Process child;
        try (LabRun run = LabRun.start(base);
                NetNs host = run.createNamespace("host")) {
            child = run.start(new ProcessBuilder("sleep", "60"), host);
            try (NetNs where = NetNs.ofProcess(child.pid())) {
                assertEquals(host.inode(), where.inode());
            }
        }
        assertTrue(child.waitFor(5, TimeUnit.SECONDS), "the child still lives");
    }

    @Test
    void removesItsFolderWhileSomebodyStillWrites() throws Exception {
        LabRun run = LabRun.start(base);
        Path busy = Files.createDirectory(run.folder().resolve("busy"));
        Thread writer = Thread.ofPlatform().start(() -> {
            try {
                for (int i = 0; ; i++) {
                    Files.writeString(busy.resolve("file-" + i % 10), "x");
                }
            } catch (IOException removed) {
                return;
            }
        });
        run.close();
        assertTrue(writer.join(Duration.ofSeconds(10)), "the folder is still there");
        assertFalse(Files.exists(base));
    }

    @Test
    void identityIsReadBackAndHalfALineIsNot() {
        ProcessIdentity self = ProcessIdentity.ofThisProcess();
        assertTrue(self.isAlive());
        assertEquals(Optional.of(self), ProcessIdentity.parse(self + "\n"));
        assertEquals(Optional.empty(), ProcessIdentity.parse("123 "));
        assertEquals(Optional.empty(), ProcessIdentity.parse("../../etc 1"));
        assertFalse(new ProcessIdentity(self.pid(), self.startTicks() + 1).isAlive(), "another process of that number");
    }

    @Test
    void whatRunsInAControlGroupEndsWithTheRunEvenIfNobodyKnowsIt() throws Exception {
        Process unknown = new ProcessBuilder("sleep", "60").start();
        String prefix;
        try (LabRun run = LabRun.start(base)) {
            prefix = run.namespaceName("");
            List<Path> groups = run.createCgroups("host");
            assertFalse(groups.isEmpty());
            for (Path group : groups) {
                Files.createDirectories(group.resolve("made/later"));
                Files.writeString(group.resolve("init/cgroup.procs"), unknown.pid() + "\n");
            }
            assertEquals(groups.size(), cgroups(prefix).size());
        }
        assertTrue(unknown.waitFor(5, TimeUnit.SECONDS), "the process still lives");
        assertEquals(List.of(), cgroups(prefix));
    }

    private static List<String> cgroups(ProcessIdentity process) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/cgroup"));
    }

    /** Groups below {@code /sys/fs/cgroup} whose name begins so. */
    private static List<Path> cgroups(String prefix) throws IOException {
        try (var found = Files.find(
                Path.of("/sys/fs/cgroup"),
                2,
                (path, _) -> String.valueOf(path.getFileName()).startsWith(prefix))) {
            return found.toList();
        }
    }

    private static List<String> ours(String prefix) {
        return NetNs.names().stream().filter(name -> name.startsWith(prefix)).toList();
    }

    private static List<Path> entries(Path folder) throws IOException {
        try (var entries = Files.list(folder)) {
            return entries.toList();
        }
    }
}
