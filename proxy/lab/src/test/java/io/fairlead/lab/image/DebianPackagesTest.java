package io.fairlead.lab.image;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Packages that must not be asked for; those that are fetched are the image's tests' matter.
 *
 * <p>Confined to the test thread.
 */
final class DebianPackagesTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"", "-o=Dir=/", "libc6/stable", "libc6=1", "../libc6", "Libc6", "a b"})
    void whatIsNoNameOfAPackageReachesNoTool(String name) {
        DebianPackages packages = new DebianPackages(folder.resolve("cache"));

        assertThrows(IllegalArgumentException.class, () -> packages.fetch(name));
        assertFalse(Files.exists(folder.resolve("cache")));
    }

    @Test
    void aFileOfAPackageIsInsideIt() {
        DebianPackage some = new DebianPackage("some", "1", "amd64", folder);

        assertThrows(IllegalArgumentException.class, () -> some.file("/../etc/passwd"));
    }
}
