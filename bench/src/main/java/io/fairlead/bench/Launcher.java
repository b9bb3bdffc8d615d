package io.fairlead.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The script that starts every program of ours: what it gives to the JVM is what is measured.
 *
 * <p>Thread-safe: no state of its own.
 */
final class Launcher {

    private static final String NAME = "fairlead";
    private static final Pattern FLAGS = Pattern.compile("^JVM_FLAGS=\"([^\"]+)\"", Pattern.MULTILINE);

    private Launcher() {}

    /**
     * The flags of every JVM, without the size of the heap.
     *
     * @throws IllegalStateException if this was not started inside the project's folder
     */
    static List<String> jvmFlags() {
        return jvmFlags(root().resolve(NAME));
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

    private static List<String> jvmFlags(Path script) {
        try {
            Matcher flags = FLAGS.matcher(Files.readString(script));
            if (!flags.find()) {
                throw new IllegalStateException(script + " does not set JVM_FLAGS");
            }
            return List.of(flags.group(1).strip().split("\\s+"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
