package io.fairlead.cluster.write;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Writes each Event as a file {@code events/NAMESPACE/NAME.yaml} below a directory, for clusters that are a directory of
 * manifests. The newest ones are kept, as the API server forgets Events after an hour.
 *
 * <p>Confined to the event writer's thread.
 */
public final class DirectoryEventTarget implements EventTarget {

    static final int FILES_MAX = 200;

    private final Path folder;
    private final Reporter reporter;
    private final InstantSource clock;

    /** @param directory is made when it is needed */
    public DirectoryEventTarget(Path directory, Reporter reporter, InstantSource clock) {
        this.folder = directory.resolve("events");
        this.reporter = reporter;
        this.clock = clock;
    }

    @Override
    public void write(ClusterEvent event) {
        Path file = folder.resolve(event.namespace()).resolve(event.name() + ".yaml");
        try {
            if (Files.exists(file)) {
                return;
            }
            YamlFile.write(file, EventObject.of(event, "", reporter, clock.instant()));
            forgetOldest();
        } catch (IOException e) {
            throw new WriteRefused(WriteRefused.Why.TROUBLE, "cannot write " + file + ": " + e);
        }
    }

    private void forgetOldest() throws IOException {
        try (Stream<Path> files = Files.walk(folder, 2)) {
            List<Path> all =
                    files.filter(file -> file.toString().endsWith(".yaml")).toList();
            if (all.size() > FILES_MAX) {
                Path oldest = all.stream()
                        .min(Comparator.comparing(DirectoryEventTarget::age))
                        .orElseThrow();
                Files.deleteIfExists(oldest);
            }
        }
    }

    /** What vanishes meanwhile counts as the oldest. */
    private static FileTime age(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (NoSuchFileException e) {
            return FileTime.fromMillis(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
