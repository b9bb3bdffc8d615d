package io.fairlead.image;

import io.fairlead.lab.image.BuildCommand;
import io.fairlead.lab.run.LabException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * The Java runtime of the image: of the JDK that runs this, the modules that Fairlead needs.
 *
 * <p>Immutable.
 *
 * @param folder with {@code bin}, {@code lib} and {@code legal}
 * @param version as {@code java -version} says it
 * @param vendor who built the JDK
 */
record JavaRuntime(Path folder, String version, String vendor) {

    /**
     * What the jars refer to, less java.desktop, java.sql and java.xml: Jackson and SnakeYAML know what to
     * do without beans, SQL and XML types, and an agent reads the API without them. A TLS client needs no more than java.base,
     * which has the elliptic curves. The last two are for operators.
     */
    static final List<String> MODULES = List.of(
            "java.base",
            "java.logging",
            "java.management",
            "java.naming",
            "java.net.http",
            "jdk.management",
            "jdk.unsupported",
            "jdk.jcmd",
            "jdk.jfr");

    /**
     * Links a runtime.
     *
     * @param folder made here; must not be there
     * @throws LabException if jlink cannot
     */
    static JavaRuntime link(Path folder) {
        Path jdk = Path.of(System.getProperty("java.home"));
        // Classes come out of the AOT cache, so that compressed ones cost a start nothing.
        BuildCommand.run(
                jdk,
                List.of(
                        jdk.resolve("bin/jlink").toString(),
                        "--add-modules=" + String.join(",", MODULES),
                        "--strip-debug",
                        "--no-header-files",
                        "--no-man-pages",
                        "--compress=zip-6",
                        "--output=" + folder));
        Properties release = new Properties();
        try (Reader in = Files.newBufferedReader(jdk.resolve("release"))) {
            release.load(in);
        } catch (IOException e) {
            throw new LabException("cannot read which JDK " + jdk + " is: " + e, e);
        }
        return new JavaRuntime(folder, text(release, "JAVA_RUNTIME_VERSION"), text(release, "IMPLEMENTOR"));
    }

    /**
     * Programs and shared objects.
     *
     * @throws LabException if the folder cannot be read
     */
    List<Path> nativeFiles() {
        try (Stream<Path> found = Files.walk(folder)) {
            return found.filter(Files::isRegularFile)
                    .filter(JavaRuntime::isNative)
                    .toList();
        } catch (IOException e) {
            throw new LabException("cannot read " + folder + ": " + e, e);
        }
    }

    private static boolean isNative(Path file) {
        String name = String.valueOf(file.getFileName());
        return Files.isExecutable(file) || name.endsWith(".so");
    }

    private static String text(Properties release, String key) {
        return release.getProperty(key, "unknown").replace("\"", "");
    }
}
