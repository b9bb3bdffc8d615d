package io.fairlead.test.ingress;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory of manifests whose files change at one moment each, as those of a mounted ConfigMap do.
 *
 * <p>Thread-safe as long as two threads write different files.
 */
final class ManifestFolder implements AutoCloseable {

    private final Path folder;

    ManifestFolder() {
        try {
            folder = Files.createTempDirectory("fairlead-ingress-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        write("classes.yaml", Yaml.CLASSES);
    }

    Path path() {
        return folder;
    }

    /** Creates a file, or replaces all of it. */
    void write(String name, String text) {
        try {
            Path next = folder.resolve("." + name + ".next");
            Files.writeString(next, text);
            Files.move(next, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void delete(String name) {
        try {
            Files.delete(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            for (Path each : deepestFirst) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
