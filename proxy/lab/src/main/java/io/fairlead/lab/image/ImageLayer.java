package io.fairlead.lab.image;

import io.fairlead.lab.image.LayerEntry.FileOnDisk;
import io.fairlead.lab.image.LayerEntry.Folder;
import io.fairlead.lab.image.LayerEntry.Link;
import io.fairlead.lab.image.LayerEntry.Text;
import io.fairlead.lab.run.LabException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Files that an image has together. What is written depends on the paths, modes and contents only: entries are sorted, of
 * one time and owned by root.
 *
 * <p>Immutable, as long as the files that it names are.
 */
public final class ImageLayer {

    /** When everything in a layer was changed last; a JVM's AOT cache wants this time of jars. */
    public static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");

    private static final int MODE_MAX = 07777;

    private final String name;
    private final SortedMap<String, LayerEntry> entries;

    private ImageLayer(String name, SortedMap<String, LayerEntry> entries) {
        this.name = name;
        this.entries = entries;
    }

    /** @param name for people, in the image's history */
    public static Builder named(String name) {
        return new Builder(name);
    }

    public String name() {
        return name;
    }

    /** Absolute paths of files and links, sorted. */
    public List<String> files() {
        return entries.entrySet().stream()
                .filter(entry -> !(entry.getValue() instanceof Folder))
                .map(entry -> "/" + entry.getKey())
                .toList();
    }

    /**
     * Writes the layer as a tar archive (POSIX.1-2001).
     *
     * @throws LabException if a file cannot be read or changes meanwhile
     */
    void writeTo(OutputStream out) throws IOException {
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        tar.setAddPaxHeadersForNonAsciiNames(true);
        for (var each : entries.entrySet()) {
            try {
                write(tar, each.getKey(), each.getValue());
            } catch (IOException e) {
                throw new LabException("layer " + name + ": cannot write /" + each.getKey() + ": " + e, e);
            }
        }
        tar.finish();
    }

    private static void write(TarArchiveOutputStream tar, String path, LayerEntry entry) throws IOException {
        switch (entry) {
            case Folder folder -> put(tar, new TarArchiveEntry(path + "/", TarConstants.LF_DIR), folder.mode());
            case Link link -> {
                TarArchiveEntry header = new TarArchiveEntry(path, TarConstants.LF_SYMLINK);
                header.setLinkName(link.target());
                put(tar, header, 0777);
            }
            case Text text -> {
                byte[] content = text.content().getBytes(StandardCharsets.UTF_8);
                put(tar, header(path, content.length), text.mode());
                tar.write(content);
            }
            case FileOnDisk file -> {
                put(tar, header(path, Files.size(file.source())), file.mode());
                Files.copy(file.source(), tar);
            }
        }
        tar.closeArchiveEntry();
    }

    private static TarArchiveEntry header(String path, long size) {
        TarArchiveEntry header = new TarArchiveEntry(path);
        header.setSize(size);
        return header;
    }

    private static void put(TarArchiveOutputStream tar, TarArchiveEntry header, int mode) throws IOException {
        header.setMode(mode);
        header.setModTime(TIME.toEpochMilli());
        header.setIds(0, 0);
        header.setNames("", "");
        tar.putArchiveEntry(header);
    }

    /**
     * Collects the entries of a layer. A path is absolute; folders above it that nobody adds have mode 0755. Whatever an
     * image must not have is refused with an {@link IllegalArgumentException} that names the path.
     *
     * <p>Confined to one thread at a time.
     */
    public static final class Builder {

        private final String name;
        private final SortedMap<String, LayerEntry> entries = new TreeMap<>();

        private Builder(String name) {
            this.name = name;
        }

        public Builder folder(String path, int mode) {
            return add(path, new Folder(checked(path, mode)));
        }

        /** A file with this content. */
        public Builder text(String path, int mode, String content) {
            return add(path, new Text(checked(path, mode), content));
        }

        /** A copy of a file, or of the file that a link leads to. */
        public Builder file(String path, int mode, Path source) {
            if (!Files.isRegularFile(source)) {
                throw new IllegalArgumentException("for " + path + " in a layer: " + source + " is not a file");
            }
            return add(path, new FileOnDisk(checked(path, mode), source));
        }

        public Builder link(String path, String target) {
            return add(path, new Link(LayerPath.target(path, target)));
        }

        /**
         * Everything below a folder, with modes 0755 (folders, and files that their owner may run) and 0644. Links stay
         * links.
         *
         * @throws LabException if the folder cannot be read
         */
        public Builder tree(String path, Path source) {
            String prefix = path.equals("/") ? "" : path;
            try (Stream<Path> found = Files.walk(source)) {
                for (Path each : (Iterable<Path>) found::iterator) {
                    if (!each.equals(source)) {
                        addFound(prefix + "/" + source.relativize(each), each);
                    }
                }
            } catch (IOException e) {
                throw new LabException("cannot read " + source + " for " + path + " in a layer: " + e, e);
            }
            return this;
        }

        private void addFound(String path, Path found) throws IOException {
            if (Files.isSymbolicLink(found)) {
                link(path, Files.readSymbolicLink(found).toString());
            } else if (Files.isDirectory(found, LinkOption.NOFOLLOW_LINKS)) {
                folder(path, LayerEntry.FOLDER_MODE);
            } else {
                file(path, Files.isExecutable(found) ? 0755 : 0644, found);
            }
        }

        private static int checked(String path, int mode) {
            if (mode < 0 || mode > MODE_MAX) {
                throw new IllegalArgumentException("mode " + mode + " of " + path + " in a layer");
            }
            return mode;
        }

        private Builder add(String path, LayerEntry entry) {
            String relative = LayerPath.relative(path);
            LayerEntry before = entries.putIfAbsent(relative, entry);
            if (relative.isEmpty() || (before != null && !before.equals(entry))) {
                throw new IllegalArgumentException("path '" + path + "' in a layer: it is there already");
            }
            return this;
        }

        /** @throws IllegalArgumentException if something is below what is not a folder */
        public ImageLayer build() {
            SortedMap<String, LayerEntry> complete = new TreeMap<>(entries);
            for (String path : entries.keySet()) {
                for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
                    String above = path.substring(0, slash);
                    if (!(complete.computeIfAbsent(above, _ -> new Folder(LayerEntry.FOLDER_MODE)) instanceof Folder)) {
                        throw new IllegalArgumentException(
                                "path '/" + path + "' in a layer: /" + above + " is not a folder");
                    }
                }
            }
            return new ImageLayer(name, complete);
        }
    }
}
