package io.fairlead.test.chart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The chart's folder, the repository around it, and the files that tests write when told so.
 *
 * <p>Immutable: paths.
 */
final class Chart {

    static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    static final Path FOLDER = ROOT.resolve("charts/fairlead");
    static final Path VALUES = FOLDER.resolve("values.yaml");
    static final Path SCHEMA = FOLDER.resolve("values.schema.json");

    /** What is rendered as it is. */
    static final List<Path> FILES = Stream.of(
                    "alerts.yaml", "dashboard.json", "ingress-alerts.yaml", "ingress-dashboard.json")
            .map(name -> FOLDER.resolve("files").resolve(name))
            .toList();

    /** Golden files and the table of values are compared, or, with {@code -Dchart.write=true}, written. */
    private static final boolean WRITE = Boolean.getBoolean("chart.write");

    private Chart() {}

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the file says, after it was written if it is to be. */
    static String golden(Path file, String actual) {
        if (WRITE) {
            try {
                Files.writeString(file, actual);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return read(file);
    }

    /** What follows these words in the first line that begins with them. */
    static Optional<String> after(Path file, String start) {
        return read(file)
                .lines()
                .filter(line -> line.startsWith(start))
                .map(line -> line.substring(start.length()).strip())
                .findFirst();
    }
}
