package io.fairlead.image;

import io.fairlead.lab.image.BuildCommand;
import io.fairlead.lab.run.LabException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * What of Fairlead is not Java.
 *
 * <p>Immutable.
 *
 * @param work folder for what is made
 */
record NativeParts(Path work) {

    private static final String LIBJFFI = "libjffi-1.2.so";

    /**
     * Compiles the command {@code fairlead}.
     *
     * @throws LabException if the compiler is missing or complains
     */
    Path launcher(Path source) {
        Path program = work.resolve("fairlead");
        BuildCommand.run(
                work,
                List.of(
                        "gcc",
                        "-std=c11",
                        "-Os",
                        "-Wall",
                        "-Wextra",
                        "-Werror",
                        "-static",
                        "-s",
                        // It would be the digest of paths of this machine.
                        "-Wl,--build-id=none",
                        "-o",
                        program.toString(),
                        source.toString()));
        return program;
    }

    /**
     * Unpacks the native part of jffi, which would otherwise write it to /tmp at each start.
     *
     * @throws LabException if the jar has another layout
     */
    Path libjffi(Path jar) {
        Path library = work.resolve(LIBJFFI);
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            ZipEntry entry = zip.getEntry("jni/x86_64-Linux/" + LIBJFFI);
            if (entry == null) {
                throw new LabException(jar + " has no " + LIBJFFI + " for Linux on x86_64");
            }
            try (InputStream in = zip.getInputStream(entry)) {
                Files.copy(in, library);
            }
        } catch (IOException e) {
            throw new LabException("cannot unpack " + jar + ": " + e, e);
        }
        return library;
    }
}
