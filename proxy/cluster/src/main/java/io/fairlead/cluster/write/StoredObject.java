package io.fairlead.cluster.write;

import io.fairlead.cluster.model.ObjectKey;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What all objects have in common when they are written.
 *
 * <p>Immutable: pure functions.
 */
final class StoredObject {

    private StoredObject() {}

    /**
     * Kind and name.
     *
     * @param version empty for none
     */
    static Map<String, Object> head(ObjectKey key, String version) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("name", key.name().name());
        if (!key.name().namespace().isEmpty()) {
            metadata.put("namespace", key.name().namespace());
        }
        if (!version.isEmpty()) {
            metadata.put("resourceVersion", version);
        }
        Map<String, Object> head = new LinkedHashMap<>();
        head.put("apiVersion", key.kind().apiVersion());
        head.put("kind", key.kind().label());
        head.put("metadata", metadata);
        return head;
    }

    /** Where it is below a directory, as in {@code lease/default/fairlead.yaml}. */
    static Path file(Path directory, ObjectKey key) {
        return directory
                .resolve(key.kind().label().toLowerCase(Locale.ROOT))
                .resolve(key.name().namespace())
                .resolve(key.name().name() + ".yaml");
    }
}
