package io.fairlead.cluster.write;

import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.source.decode.Field;
import io.fairlead.cluster.source.decode.InvalidInput;
import io.fairlead.cluster.source.decode.YamlDocuments;
import java.io.IOException;
import java.io.Reader;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A versioned object as a YAML file below a directory, for clusters that are a directory of manifests. Writers of one
 * machine keep each other out by a lock on a file beside it.
 *
 * <p>Thread-safe, for one thread at a time.
 */
public final class FileObject implements VersionedObject {

    private static final int CHARS_MAX = 4 << 20;
    private static final int VERSION_CHARS_MAX = 64;

    /**
     * For writers of one process, which the lock of the file is not good for: a process gives it up with the first channel
     * of that file that it closes (fcntl(2)), and the JDK's table of locks forgets one if two are closed at once.
     */
    private static final Object WRITERS = new Object();

    private final ObjectKey key;
    private final Path file;

    /** @param directory is made when it is needed */
    public FileObject(Path directory, ObjectKey key) {
        this.key = key;
        this.file = StoredObject.file(directory, key);
    }

    @Override
    public Optional<Found> read() {
        List<Found> found = new ArrayList<>();
        try (Reader text = Files.newBufferedReader(file)) {
            YamlDocuments.read(text, CHARS_MAX, tree -> {
                Field object = Field.root(tree);
                found.add(new Found(
                        object, object.at("metadata").at("resourceVersion").text(VERSION_CHARS_MAX)));
            });
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new WriteRefused(WriteRefused.Why.TROUBLE, "cannot read " + file + ": " + e);
        } catch (InvalidInput e) {
            throw unreadable(String.valueOf(e.getMessage()));
        }
        if (found.size() != 1 || found.getFirst().version().isEmpty()) {
            throw unreadable("it is not one object with a resourceVersion");
        }
        return Optional.of(found.getFirst());
    }

    private WriteRefused unreadable(String reason) {
        return new WriteRefused(WriteRefused.Why.INVALID, "cannot read " + file + ": " + reason);
    }

    @Override
    public boolean write(Map<String, Object> fields, String version) {
        synchronized (WRITERS) {
            return writeLocked(fields, version);
        }
    }

    private boolean writeLocked(Map<String, Object> fields, String version) {
        Path lockFile = file.resolveSibling("." + file.getFileName() + ".lock");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock _ = channel.lock()) {
                String present = read().map(Found::version).orElse(NONE);
                if (!present.equals(version)) {
                    return false;
                }
                Map<String, Object> object = new LinkedHashMap<>(StoredObject.head(key, next(version)));
                object.putAll(fields);
                YamlFile.write(file, object);
                return true;
            }
        } catch (IOException e) {
            throw new WriteRefused(WriteRefused.Why.TROUBLE, "cannot write " + file + ": " + e);
        }
    }

    private String next(String version) {
        try {
            return version.equals(NONE) ? "1" : Long.toString(Long.parseLong(version) + 1);
        } catch (NumberFormatException e) {
            throw unreadable("its resourceVersion is not a number");
        }
    }
}
