package io.fairlead.test.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The scenario files of {@code resources/scenarios}.
 *
 * <p>Thread-safe: pure functions.
 */
public final class ScenarioFiles {

    private ScenarioFiles() {}

    /** All of them, in the order of their names. */
    public static List<Scenario> read() {
        URL folder = ScenarioFiles.class.getResource("/scenarios");
        if (folder == null) {
            throw new IllegalStateException("there is no folder of scenarios");
        }
        List<Scenario> scenarios = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of(folder.toURI()))) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                Path name = Path.of(folder.toURI()).relativize(file);
                scenarios.add(ScenarioParser.parse(name.toString(), Files.readAllLines(file)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
        return scenarios;
    }
}
