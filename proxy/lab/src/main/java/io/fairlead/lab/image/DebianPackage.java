package io.fairlead.lab.image;

import io.fairlead.lab.run.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A package of the distribution, unpacked but not installed.
 *
 * <p>Immutable.
 *
 * @param folder with {@value #FILES}, the package's files, and {@value #CONTROL}, what the package says of itself
 */
public record DebianPackage(String name, String version, String architecture, Path folder) {

    static final String FILES = "files";
    static final String CONTROL = "control";

    /**
     * One of its files; a link is followed.
     *
     * @param path absolute, as if the package were installed
     * @throws LabException if the package has no such file
     */
    public Path file(String path) {
        Path file = path(path);
        if (!Files.isRegularFile(file)) {
            throw new LabException("package " + name + " " + version + " has no file " + path);
        }
        return file;
    }

    /** Where a file or folder of the package is, if it has that. */
    public Path path(String path) {
        return folder.resolve(FILES).resolve(LayerPath.relative(path));
    }

    /**
     * Fields and values, as {@code dpkg} lists an installed package.
     *
     * @throws LabException if it cannot be read
     */
    public String control() {
        try {
            return Files.readString(folder.resolve(CONTROL));
        } catch (IOException e) {
            throw new LabException("cannot read what package " + name + " says of itself: " + e, e);
        }
    }

    /** Who holds the copyright, and the licence (Debian policy, 12.5). */
    public Path copyright() {
        return file("/usr/share/doc/" + name + "/copyright");
    }
}
