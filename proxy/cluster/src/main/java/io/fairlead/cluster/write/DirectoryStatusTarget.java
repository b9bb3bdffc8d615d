package io.fairlead.cluster.write;

import io.fairlead.cluster.model.ObjectKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the status of each object as a file {@code KIND/NAMESPACE/NAME.yaml} below a directory, for clusters that are a
 * directory of manifests. An object of which nothing is said has no file.
 *
 * <p>Thread-safe, for one thread at a time for each object.
 */
public final class DirectoryStatusTarget implements StatusTarget {

    private final Path directory;

    /** @param directory is made when it is needed */
    public DirectoryStatusTarget(Path directory) {
        this.directory = directory;
    }

    @Override
    public void replace(ObjectKey object, Map<String, Object> status) {
        Path file = StoredObject.file(directory, object);
        Map<String, Object> content = new LinkedHashMap<>(StoredObject.head(object, ""));
        content.put("status", status);
        try {
            YamlFile.write(file, content);
        } catch (IOException e) {
            throw new WriteRefused(WriteRefused.Why.TROUBLE, "cannot write " + file + ": " + e);
        }
    }

    /** Nobody else writes there, so that it is what is expected. */
    @Override
    public void remove(ObjectKey object, List<String> path, Object expected) {
        Path file = StoredObject.file(directory, object);
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new WriteRefused(WriteRefused.Why.TROUBLE, "cannot remove " + file + ": " + e);
        }
    }
}
