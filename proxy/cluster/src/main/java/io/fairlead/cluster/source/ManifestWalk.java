package io.fairlead.cluster.source;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One look at a directory of manifests and its sub-folders. Hidden files and folders are left out; symbolic links are
 * followed, because a mounted ConfigMap consists of them.
 *
 * <p>Confined to the thread of its source.
 */
final class ManifestWalk extends SimpleFileVisitor<Path> {

    private static final int DEPTH_MAX = 16;
    private static final int FILES_MAX = 100_000;

    private final Path root;
    private final Consumer<Path> folders;
    private final Map<String, FileStamp> found = new HashMap<>();
    private String trouble = "";

    /** @param folders is told of each folder before its entries are read, so that a watch on it misses none */
    ManifestWalk(Path root, Consumer<Path> folders) {
        this.root = root;
        this.folders = folders;
    }

    /** Looks at everything; returns what identifies the directory, empty if it is not there. */
    String run() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(root, BasicFileAttributes.class);
            if (!attributes.isDirectory()) {
                return "";
            }
            Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEPTH_MAX, this);
            return "inode " + attributes.fileKey();
        } catch (IOException e) {
            return "";
        }
    }

    /** The manifest files by name below the root. */
    Map<String, FileStamp> found() {
        return found;
    }

    /** Why the look was not complete; empty if it was. */
    String trouble() {
        return trouble;
    }

    /** Whether a file of that name is read: neither hidden, nor a copy that an editor keeps. */
    static boolean isManifest(String fileName) {
        return !fileName.startsWith(".")
                && (fileName.endsWith(".yaml") || fileName.endsWith(".yml") || fileName.endsWith(".json"));
    }

    /** How reports and the order of precedence call a file. */
    static String name(Path root, Path file) {
        return root.relativize(file).toString();
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
        if (!folder.equals(root) && String.valueOf(folder.getFileName()).startsWith(".")) {
            return FileVisitResult.SKIP_SUBTREE;
        }
        folders.accept(folder);
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        if (!attributes.isRegularFile() || !isManifest(String.valueOf(file.getFileName()))) {
            return FileVisitResult.CONTINUE;
        }
        if (found.size() == FILES_MAX) {
            trouble = "more than " + FILES_MAX + " files";
            return FileVisitResult.TERMINATE;
        }
        found.put(name(root, file), FileStamp.of(attributes));
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
        return failed(file, e);
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
        return e == null ? FileVisitResult.CONTINUE : failed(folder, e);
    }

    private FileVisitResult failed(Path path, IOException e) {
        if (!(e instanceof NoSuchFileException || e instanceof FileSystemLoopException)) {
            trouble = "cannot read " + path + ": " + e;
        }
        return FileVisitResult.CONTINUE;
    }
}
