package io.fairlead.image;

import io.fairlead.lab.image.ContainerImage;
import io.fairlead.lab.run.LabException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
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

    /** Words: the project's folder, Fairlead's version, the folder to write. */
    @SuppressWarnings("SystemOut") // who runs it reads that
    public static void main(String[] words) {
        if (words.length != 3) {
            System.err.println("usage: ImageMain PROJECT VERSION OUTPUT");
            System.exit(USAGE);
        }
        try {
            build(folder(words[0]), words[1], folder(words[2]), System.out);
        } catch (LabException e) {
            System.err.println("image: " + e.getMessage());
            System.exit(FAILED);
        } catch (IOException e) {
            System.err.println("image: cannot tidy up: " + e);
            System.exit(FAILED);
        }
    }

    private static Path folder(String word) {
        return Path.of(word).toAbsolutePath().normalize();
    }

    private static void build(Path project, String version, Path output, PrintStream out) throws IOException {
        delete(output);
        Path work = Files.createDirectories(output.resolve("work"));
        FairleadImage.Progress progress = step -> out.println("image: " + step);
        String digest = new FairleadImage(new ImageInput(project, version), work, progress)
                .write(FairleadImage.distribution(), output.resolve("layout"));
        ContainerImage.archive(output.resolve("layout"), output.resolve("fairlead.tar"));
        delete(work);
        out.println("image: " + output.resolve("fairlead.tar") + " " + digest);
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
