package io.fairlead.lab.image;

import io.fairlead.lab.run.LabException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A package of the distribution, unpacked but not installed.
 *
 * <p>Immutable.
 *
 * @param folder with the package's files; not to be changed
 */
public record DebianPackage(String name, String version, String architecture, Path folder) {

    /**
     * One of its files; a link is followed.
     *
     * @param path absolute, as if the package were installed
     * @throws LabException if the package has no such file
     */
    public Path file(String path) {
        Path file = folder.resolve(LayerPath.relative(path));
        if (!Files.isRegularFile(file)) {
            throw new LabException("package " + name + " " + version + " has no file " + path);
        }
        return file;
    }

    /** Who holds the copyright, and the licence (Debian policy, 12.5). */
    public Path copyright() {
        return file("/usr/share/doc/" + name + "/copyright");
    }
}
