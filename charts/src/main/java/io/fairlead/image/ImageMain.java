package io.fairlead.image;

import io.fairlead.lab.image.ContainerImage;
import io.fairlead.lab.image.DebianPackages;
import io.fairlead.lab.run.LabException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Builds the image; Maven runs it (profile {@code image}).
 *
 * <p>Confined to the main thread.
 */
public final class ImageMain {

    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private ImageMain() {}

    /** Words: the project's folder and Fairlead's version. */
    @SuppressWarnings("SystemOut") // who runs it reads that
    public static void main(String[] words) {
        if (words.length != 2) {
            System.err.println("usage: ImageMain PROJECT VERSION");
            System.exit(USAGE);
        }
        try {
            build(Path.of(words[0]).toAbsolutePath().normalize(), words[1], System.out);
        } catch (LabException e) {
            System.err.println("image: " + e.getMessage());
            System.exit(FAILED);
        } catch (IOException e) {
            System.err.println("image: cannot tidy up: " + e);
            System.exit(FAILED);
        }
    }

    private static void build(Path project, String version, PrintStream out) throws IOException {
        Path work = project.resolve("charts/target/image");
        Path image = project.resolve("target/image");
        delete(work);
        delete(image);
        Files.createDirectories(work);
        Files.createDirectories(image);
        ImageInput input = new ImageInput(project, version);
        FairleadImage.Progress progress = step -> out.println("image: " + step);
        String digest =
                new FairleadImage(input, work, progress).write(new DebianPackages(cache()), image.resolve("layout"));
        ContainerImage.archive(image.resolve("layout"), image.resolve("fairlead.tar"));
        delete(work);
        out.println("image: " + image.resolve("fairlead.tar") + " " + digest);
    }

    private static Path cache() {
        Path folder = Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .map(Path::of)
                .orElse(Path.of(System.getProperty("user.home"), ".cache"));
        return folder.resolve("fairlead/packages");
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> found = Files.walk(folder)) {
                for (Path each : found.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            }
        }
    }
}
