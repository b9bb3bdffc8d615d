package io.fairlead.test.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fairlead.lab.image.UnpackedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The image that was built before these tests, and its files in a folder.
 *
 * <p>Confined to the test thread.
 */
final class BuiltImage {

    static final Path PROJECT = Path.of("../..").toAbsolutePath().normalize();
    static final Path LAYOUT = PROJECT.resolve("target/image/layout");
    static final Path ARCHIVE = PROJECT.resolve("target/image/fairlead.tar");
    static final String JAVA = "/opt/fairlead/jre/bin/java";
    static final String AGENT_ARGUMENTS = "@/opt/fairlead/app/agent.args";
    static final String INGRESS_ARGUMENTS = "@/opt/fairlead/app/ingress.args";

    private final UnpackedImage unpacked;

    /** @param folder for the image's files; must be empty */
    BuiltImage(Path folder) {
        this.unpacked = UnpackedImage.unpack(LAYOUT, folder.resolve("root"));
    }

    UnpackedImage unpacked() {
        return unpacked;
    }

    Path root() {
        return unpacked.root();
    }

    /** Where a file of the image is on this machine; links of folders are not followed. */
    Path file(String path) {
        return root().resolve(path.substring(1));
    }

    /** Paths in the image of all files that are no links. */
    List<String> files() {
        try (Stream<Path> found = Files.walk(root())) {
            return found.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .map(file -> "/" + root().relativize(file))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the image says of itself: the layout's manifest.json leads there. */
    static JsonNode config(Path layout) {
        JsonNode manifest = json(layout.resolve("manifest.json"));
        return json(layout.resolve(manifest.at("/0/Config").asText()));
    }

    /** Digests of the layers' content, the lowest first. */
    static List<String> layers(Path layout) {
        List<String> layers = new ArrayList<>();
        config(layout).at("/rootfs/diff_ids").forEach(layer -> layers.add(layer.asText()));
        return layers;
    }

    static JsonNode json(Path file) {
        try {
            return new ObjectMapper().readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first bytes of a file say that it is an ELF program or object. */
    static boolean isElf(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] magic = in.readNBytes(4);
            return magic.length == 4 && magic[0] == 0x7f && magic[1] == 'E' && magic[2] == 'L' && magic[3] == 'F';
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
