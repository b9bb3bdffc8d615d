package io.fairlead.bench;

import io.fairlead.bench.process.Figures;
import io.fairlead.kernel.netns.NetNs;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A kernel that starts as a program, User Mode Linux, for what this machine's kernel lacks: with the files of the machine
 * and nothing else of it. {@code ./fairlead test --all} builds it.
 *
 * <p>Its time passes as the machine lets it; what processes in it have used of their processor is to be compared with
 * nothing but each other.
 *
 * <p>Confined to the main thread.
 */
final class UserModeKernel {

    private static final String INIT = "src/test/resources/other-kernel/init";
    private static final String MEMORY = "mem=1g";

    private UserModeKernel() {}

    /** Runs a measured program in a kernel of its own to its end and returns what it says. */
    static Figures measure(Jvm jvm, Class<?> program, List<String> arguments, long secondsMax) {
        try (TemporaryFiles files = TemporaryFiles.create();
                NetNs namespace = NetNs.anonymous()) {
            write(files, jvm, program, arguments);
            try (Child kernel = Child.start(namespace, line(files.directory()))) {
                kernel.join(secondsMax);
            }
            String said = Files.readString(files.file("out"));
            Figures figures = Figures.parse(said);
            if (figures.isEmpty()) {
                throw new IllegalStateException(program.getSimpleName() + " on the other kernel: " + said);
            }
            return figures;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> line(Path folder) {
        return List.of(
                "unshare",
                "--pid",
                "--fork",
                "--kill-child",
                ApiStage.judges().program("kernel", "linux").toString(),
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

    /** What its first program reads. */
    private static void write(TemporaryFiles files, Jvm jvm, Class<?> program, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>(jvm.command());
        Files.writeString(files.file("java"), command.removeFirst());
        command.addFirst("-Djava.io.tmpdir=/run/tmp");
        // It starts in another folder.
        command.set(command.size() - 1, absolute(command.getLast()));
        command.add(program.getName());
        command.addAll(arguments);
        Files.write(
                files.file("command"),
                command.stream().map(UserModeKernel::quoted).toList());
        Files.copy(Launcher.root().resolve(INIT), files.file("init"));
        Files.setPosixFilePermissions(files.file("init"), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static String absolute(String classPath) {
        return Stream.of(classPath.split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** As a file of arguments of java has it. */
    private static String quoted(String word) {
        return '"' + word.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
