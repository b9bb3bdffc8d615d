package io.fairlead.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The script that starts every program of ours: what it gives to the JVM is what is measured.
 *
 * <p>Thread-safe: no state of its own.
 */
final class Launcher {

    private static final String NAME = "fairlead";
    private static final String FLAGS = "proxy/runtime/src/main/args/jvm.args";
    private static final String INGRESS_FLAGS = "ingress/src/main/args/jvm.args";

    private Launcher() {}

    /**
     * The flags of every JVM, without the size of the heap.
     *
     * @throws IllegalStateException if this was not started inside the project's folder
     */
    static List<String> jvmFlags() {
        return flags(FLAGS);
    }

    /** What the ingress gets behind them; throws the same. */
    static List<String> ingressFlags() {
        return flags(INGRESS_FLAGS);
    }

    private static List<String> flags(String file) {
        try {
            return Files.readAllLines(root().resolve(file)).stream()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where pictures of measurements go. */
    static Path report() {
        return root().resolve("bench/report");
    }

    /** The project's folder; throws the same. */
    static Path root() {
        for (@Nullable Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.isRegularFile(folder.resolve(NAME))) {
                return folder;
            }
        }
        throw new IllegalStateException("start the benchmarks inside the project's folder: the flags of the JVM are in "
                + "the script '" + NAME + "' there");
    }
}
