package io.fairlead.cluster.source;

import io.fairlead.cluster.ClusterChange;
import io.fairlead.cluster.ClusterSink;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.ClusterStore;
import io.fairlead.cluster.source.decode.InvalidInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * Reads manifests once: a directory, or one file such as the output of {@code kubectl get -o yaml}.
 *
 * <p>Thread-safe.
 */
public final class ManifestDump {

    private static final SourceScope ALL_NODES = SourceScope.ofNode("");

    private ManifestDump() {}

    /**
     * The cluster that they describe. What cannot be honoured is set aside in the snapshot; in a directory that may be a
     * whole file.
     *
     * @param source a directory or a file
     * @throws IllegalArgumentException if it is not there or, being one file, cannot be read; the message names the line
     */
    public static ClusterSnapshot read(Path source) {
        Map<String, ManifestFile> files = new TreeMap<>();
        ManifestReader reader = new ManifestReader(ALL_NODES);
        if (Files.isDirectory(source)) {
            ManifestWalk walk = new ManifestWalk(source, _ -> {});
            walk.run();
            for (String name : walk.found().keySet()) {
                files.put(name, readOf(reader, source.resolve(name), name));
            }
        } else {
            String name = String.valueOf(source.getFileName());
            try {
                files.put(name, reader.read(source, name));
            } catch (InvalidInput e) {
                throw new IllegalArgumentException(
                        ManifestFile.where(source.toString(), e.line()) + ": " + e.getMessage(), e);
            } catch (NoSuchFileException e) {
                throw new IllegalArgumentException(source + " does not exist", e);
            } catch (IOException e) {
                throw new IllegalArgumentException(source + " cannot be read: " + e, e);
            }
        }
        return snapshot(files);
    }

    private static ManifestFile readOf(ManifestReader reader, Path file, String name) {
        try {
            return reader.read(file, name);
        } catch (InvalidInput e) {
            return ManifestFile.EMPTY.broken(name, e);
        } catch (IOException e) {
            return ManifestFile.EMPTY.broken(name, new InvalidInput("cannot be read: " + e, 0));
        }
    }

    private static ClusterSnapshot snapshot(Map<String, ManifestFile> files) {
        CompletableFuture<ClusterSnapshot> first = new CompletableFuture<>();
        try (ClusterStore store = new ClusterStore()) {
            ClusterSink sink = store.register("dump");
            store.subscribe((_, snapshot) -> first.complete(snapshot));
            store.start();
            new ManifestIndex().replace(files).forEach(sink::offer);
            sink.offer(new ClusterChange.Synced());
            return first.join();
        }
    }
}
