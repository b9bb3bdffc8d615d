package io.fairlead.image;

import io.fairlead.lab.run.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What the build gives to the image.
 *
 * <p>Immutable.
 *
 * @param project the project's folder, in which Maven has put jars and their bill of materials
 * @param version of Fairlead
 */
public record ImageInput(Path project, String version) {

    private static boolean isOurs(String name) {
        return name.startsWith("fairlead-");
    }

    /** Only their native parts are wanted, and those are unpacked. */
    private static boolean isNative(String name) {
        return name.matches("jffi-.*-native[.]jar|netty-.*-linux-x86_64[.]jar");
    }

    /** @throws LabException if there are none */
    private List<Path> jars(Predicate<String> wanted) {
        try (Stream<Path> found = Files.list(project.resolve("charts/target/jars"))) {
            List<Path> jars =
                    found.filter(jar -> wanted.test(name(jar))).sorted().toList();
            if (jars.isEmpty()) {
                throw new LabException("Maven has not gathered the jars of the image");
            }
            return jars;
        } catch (IOException e) {
            throw new LabException("cannot read the jars of the image: " + e, e);
        }
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    /** Jars of other projects by their paths in the image. */
    SortedMap<String, Path> libraries() {
        return placed(ProgramFiles.LIBRARIES, name -> !isOurs(name) && !isNative(name));
    }

    /** Jars of this project by their paths in the image. */
    SortedMap<String, Path> programs() {
        return placed(ProgramFiles.PROGRAMS, ImageInput::isOurs);
    }

    private SortedMap<String, Path> placed(String folder, Predicate<String> wanted) {
        SortedMap<String, Path> placed = new TreeMap<>();
        jars(wanted).forEach(jar -> placed.put(folder + "/" + name(jar), jar));
        return placed;
    }

    List<Path> nativeJars() {
        return jars(ImageInput::isNative);
    }

    List<String> classPath() {
        List<String> path = new ArrayList<>(programs().keySet());
        path.addAll(libraries().keySet());
        return path;
    }

    /** Where each jar is in the image, by its name. */
    SortedMap<String, String> places() {
        SortedMap<String, String> places = new TreeMap<>();
        Stream.of(libraries(), programs()).forEach(jars -> jars.forEach((path, jar) -> places.put(name(jar), path)));
        nativeJars().forEach(jar -> places.put(name(jar), ProgramFiles.NATIVE));
        return places;
    }

    /** The bill of materials that Maven wrote. */
    Path jarsBill() {
        return project.resolve("charts/target/jars.cdx.json");
    }

    Path launcherSource() {
        return project.resolve("charts/src/main/c/fairlead.c");
    }

    Path licence() {
        return project.resolve("LICENSE");
    }

    /** @throws LabException if they cannot be read */
    List<String> jvmFlags() {
        return flags("proxy/runtime/src/main/args/jvm.args");
    }

    /** @throws LabException if they cannot be read */
    List<String> ingressFlags() {
        return flags("ingress/src/main/args/jvm.args");
    }

    private List<String> flags(String file) {
        try {
            return ProgramFiles.flags(Files.readAllLines(project.resolve(file)));
        } catch (IOException e) {
            throw new LabException("cannot read the flags of the JVM: " + e, e);
        }
    }
}
