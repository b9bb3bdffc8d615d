package io.fairlead.image;

import io.fairlead.lab.image.BuildCommand;
import io.fairlead.lab.run.LabException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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

    private static final Pattern LIBRARY =
            Pattern.compile("jni/x86_64-Linux/lib[^/]*[.]so|META-INF/native/lib[^/]*_x86_64[.]so");

    private static final Pattern LICENCE = Pattern.compile("META-INF/(LICENSE|NOTICE)[.]txt|META-INF/license/.+[.]txt");

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
     * Unpacks what jffi and Netty would otherwise write to /tmp at each start, and the licences beside it.
     *
     * @param jars of which each has one library for Linux on x86_64
     * @throws LabException if a jar has another layout
     */
    Path libraries(List<Path> jars) {
        Path folder = work.resolve("native");
        for (Path jar : jars) {
            try (ZipFile zip = new ZipFile(jar.toFile())) {
                unpack(zip, LIBRARY, folder);
                unpack(zip, LICENCE, folder.resolve("legal").resolve(String.valueOf(jar.getFileName())));
            } catch (IOException e) {
                throw new LabException("cannot unpack " + jar + ": " + e, e);
            }
        }
        if (files(folder).size() != jars.size()) {
            throw new LabException(jars + " have for Linux on x86_64 only " + files(folder));
        }
        return folder;
    }

    private static void unpack(ZipFile zip, Pattern wanted, Path to) throws IOException {
        for (ZipEntry entry : Collections.list(zip.entries())) {
            if (wanted.matcher(entry.getName()).matches()) {
                Files.createDirectories(to);
                try (InputStream in = zip.getInputStream(entry)) {
                    Files.copy(in, to.resolve(ProgramFiles.name(entry.getName())));
                }
            }
        }
    }

    /** The shared objects of a folder. */
    static List<Path> files(Path folder) {
        try (Stream<Path> found = Files.list(folder)) {
            return found.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new LabException("cannot read " + folder + ": " + e, e);
        }
    }
}
