package io.fairlead.cluster.write;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/**
 * Writes each Event as a file {@code events/NAMESPACE/NAME.yaml} below a directory, for clusters that are a directory of
 * manifests. The newest ones are kept, as the API server forgets Events after an hour.
 *
 * <p>Confined to the event writer's thread.
 */
public final class DirectoryEventTarget implements EventTarget {

    static final int FILES_MAX = 200;

    private final Path folder;
    private final String instance;
    private final InstantSource clock;
    private final Dump yaml =
            new Dump(DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).build());

    /**
     * @param directory is made when it is needed
     * @param instance the node's name
     */
    public DirectoryEventTarget(Path directory, String instance, InstantSource clock) {
        this.folder = directory.resolve("events");
        this.instance = instance;
        this.clock = clock;
    }

    @Override
    public void write(ClusterEvent event) {
        Path file = folder.resolve(event.namespace()).resolve(event.name() + ".yaml");
        try {
            if (Files.exists(file)) {
                return;
            }
            Files.createDirectories(file.getParent());
            Path whole = file.resolveSibling("." + event.name() + ".new");
            Files.writeString(whole, yaml.dumpToString(EventObject.of(event, "", instance, clock.instant())));
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
            forgetOldest();
        } catch (IOException e) {
            throw new EventRefused("cannot write " + file + ": " + e, true);
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
