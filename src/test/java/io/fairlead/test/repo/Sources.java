package io.fairlead.test.repo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * The text files of this repository.
 *
 * <p>Immutable.
 */
final class Sources {

    private static final Set<String> SKIPPED = Set.of("target", ".git", "node_modules");

    private final Path root = findRoot();
    private final List<Path> files = walk(root);

    /** The folder of the licence, above wherever the tests run. */
    private static Path findRoot() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("LICENSE"))) {
            Path parent = folder.getParent();
            if (parent == null) {
                throw new IllegalStateException(
                        "not inside the repository: " + Path.of("").toAbsolutePath());
            }
            folder = parent;
        }
        return folder;
    }

    private static List<Path> walk(Path root) {
        List<Path> found = new ArrayList<>();
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    boolean skipped = SKIPPED.contains(String.valueOf(folder.getFileName()));
                    return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    found.add(file);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        found.sort(Comparator.naturalOrder());
        return List.copyOf(found);
    }

    Path root() {
        return root;
    }

    /** Files whose names end so. */
    List<Path> ending(String... endings) {
        return files.stream()
                .filter(file -> {
                    String name = file.toString();
                    for (String ending : endings) {
                        if (name.endsWith(ending)) {
                            return true;
                        }
                    }
                    return false;
                })
                .toList();
    }

    /** Java of the product, tests left out. */
    List<Path> product() {
        return ending(".java").stream()
                .filter(file -> name(file).contains("/src/main/java/"))
                .toList();
    }

    /** The path within the repository, with slashes. */
    String name(Path file) {
        return root.relativize(file).toString().replace('\\', '/');
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }
}
