package io.fairlead.test.kernel;

import io.fairlead.lab.kube.Judges;
import io.fairlead.test.program.Fairlead;
import io.fairlead.test.program.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A kernel that starts as a program, with the files of this machine and nothing else of it. Inside, a program is root,
 * may have {@code /run} and {@code /tmp} for itself, and finds no network but loopback.
 *
 * <p>Every run is a kernel of its own. It lives in a process namespace of its own, so that all of it ends with whatever
 * ends the process that was started here.
 *
 * <p>Thread-safe.
 */
final class OtherKernel {

    /**
     * Which kernel it is.
     *
     * <p>Immutable.
     */
    enum Kind {
        /** User Mode Linux, quick; it has all that the tests need. */
        USER_MODE {
            @Override
            List<String> line(Judges judges, Path folder) {
                return List.of(
                        judges.program("kernel", "linux").toString(),
                        MEMORY,
                        "rootfstype=hostfs",
                        "rootflags=/",
                        "ro",
                        "init=" + folder.resolve("init"),
                        "con=null",
                        "con0=fd:0,fd:1",
                        "quiet",
                        "--",
                        folder.toString(),
                        "hostfs");
            }
        },
        /** The distribution's own, on a processor that QEMU pretends: ten times slower, and as users have it. */
        STOCK {
            @Override
            List<String> line(Judges judges, Path folder) {
                return List.of(judges.program("stock-kernel", "start").toString(), folder.toString());
            }
        };

        /** Of a JVM with the heap below and what tests start beside it; taken from the host only as far as it is used. */
        private static final String MEMORY = "mem=1g";

        /** What starts it with {@code init} of the folder as its first program. */
        abstract List<String> line(Judges judges, Path folder);
    }

    private static final List<String> JAVA_OPTIONS = List.of(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            // The only processor is slow at compiling.
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-Djava.io.tmpdir=/run/tmp",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    private static final Path INIT = Fairlead.ROOT.resolve("src/test/resources/other-kernel/init");

    private OtherKernel() {}

    /** As the method below, on {@link Kind#USER_MODE}. */
    static String run(Class<?> main, Duration longest, String... words) {
        return run(Kind.USER_MODE, main, longest, words);
    }

    /**
     * Runs a class of the tests' class path inside.
     *
     * @param main with a main method; its returning is success
     * @param longest for all, starting the kernel included
     * @return what it printed
     * @throws AssertionError if it threw, did not return in time, or took the kernel with it
     */
    static String run(Kind kind, Class<?> main, Duration longest, String... words) {
        Path folder = folder();
        try {
            write(folder, main, words);
            try (Program kernel = Program.start(line(kind, folder))) {
                check(folder, kernel, longest);
            } catch (AssertionError e) {
                throw new AssertionError(
                        main.getSimpleName() + " on the other kernel: " + e.getMessage() + "\n--- printed\n"
                                + read(folder, "out"),
                        e);
            }
            return read(folder, "out");
        } finally {
            delete(folder);
        }
    }

    private static void check(Path folder, Program kernel, Duration longest) {
        try {
            Program.Ended ended = kernel.awaitEnd(longest);
            String verdict = read(folder, OtherKernelMain.VERDICT);
            if (!verdict.equals(OtherKernelMain.RETURNED)) {
                throw new AssertionError(verdict.isEmpty() ? "no verdict; " + ended : verdict);
            }
        } finally {
            end(kernel);
        }
    }

    /** Ends what still runs; the last of its processes are gone when this returns. */
    private static void end(Program kernel) {
        if (kernel.isAlive()) {
            List<ProcessHandle> all = ProcessHandle.of(kernel.pid()).stream()
                    .flatMap(ProcessHandle::descendants)
                    .toList();
            kernel.signal("KILL");
            all.forEach(
                    process -> process.onExit().orTimeout(10, TimeUnit.SECONDS).join());
        }
    }

    private static List<String> line(Kind kind, Path folder) {
        List<String> line = new ArrayList<>(List.of("unshare", "--pid", "--fork", "--kill-child"));
        line.addAll(kind.line(new Judges(Fairlead.ROOT.resolve("target/judges")), folder));
        return line;
    }

    private static void write(Path folder, Class<?> main, String... words) {
        List<String> command = new ArrayList<>(JAVA_OPTIONS);
        command.add("-Duser.dir=" + Fairlead.ROOT);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), OtherKernelMain.class.getName()));
        command.addAll(List.of("/run/report/" + OtherKernelMain.VERDICT, main.getName()));
        command.addAll(List.of(words));
        try {
            Files.copy(INIT, folder.resolve("init"));
            Files.setPosixFilePermissions(folder.resolve("init"), PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.writeString(
                    folder.resolve("java"),
                    Path.of(System.getProperty("java.home"), "bin", "java").toString());
            Files.write(
                    folder.resolve("command"),
                    command.stream().map(OtherKernel::quoted).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As a file of arguments of java has it. */
    private static String quoted(String word) {
        return '"' + word.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("fairlead-other-kernel-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the kernel left there; empty if it left nothing. */
    private static String read(Path folder, String name) {
        try {
            Path file = folder.resolve(name);
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
