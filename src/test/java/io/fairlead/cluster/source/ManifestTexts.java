package io.fairlead.cluster.source;

import io.fairlead.cluster.ClusterChange;
import io.fairlead.cluster.source.decode.InvalidInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@link ManifestSource} makes of a directory, without the directory: texts come and go by name, and their changes
 * come out at once. It lives in this package to use the readers of the real source.
 *
 * <p>Confined to one thread.
 */
public final class ManifestTexts implements AutoCloseable {

    private final ManifestReader reader;
    private final ManifestIndex index = new ManifestIndex();
    private final Path file;

    /** @param nodeName the only Node object to keep */
    public ManifestTexts(String nodeName) {
        this.reader = new ManifestReader(SourceScope.ofNode(nodeName));
        try {
            this.file = Files.createTempFile("fairlead-manifest", ".yaml");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replaces texts at once; an empty text is a file that is gone. */
    public List<ClusterChange> replace(Map<String, String> texts) {
        Map<String, ManifestFile> contents = new HashMap<>();
        texts.forEach((name, text) -> contents.put(name, read(name, text)));
        return index.replace(contents);
    }

    private ManifestFile read(String name, String text) {
        if (text.isEmpty()) {
            return ManifestFile.EMPTY;
        }
        ManifestFile former = index.file(name);
        try {
            Files.writeString(file, text);
            return reader.read(file, name).after(former);
        } catch (InvalidInput e) {
            return former.broken(name, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
