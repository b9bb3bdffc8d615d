package io.fairlead.lab.image;

import io.fairlead.lab.run.LabException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An image for linux/amd64.
 *
 * <p>Immutable.
 *
 * @param name with registry and tag, such as {@code docker.io/library/name:tag}
 * @param layers the lowest first
 * @param entrypoint program and first arguments
 * @param command arguments unless a container has its own
 * @param environment variables
 * @param user as {@code uid:gid}
 * @param labels see the OCI image specification, "Annotations"
 */
public record ContainerImage(
        String name,
        List<ImageLayer> layers,
        List<String> entrypoint,
        List<String> command,
        Map<String, String> environment,
        String user,
        Map<String, String> labels) {

    /** Registry, path and tag, as the OCI distribution specification has them ("Pulling manifests"). */
    private static final Pattern NAME = Pattern.compile(
            "[a-z0-9.-]+(:[0-9]{1,5})?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");

    private static final int NAME_MAX = 255;
    private static final Pattern USER = Pattern.compile("[0-9]{1,10}:[0-9]{1,10}");
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    public ContainerImage {
        require(NAME.matcher(name).matches() && name.length() <= NAME_MAX, "name '" + name + "'", "registry/path:tag");
        require(!layers.isEmpty(), "layers of " + name, "at least one");
        require(!entrypoint.isEmpty(), "entry point of " + name, "a program");
        require(USER.matcher(user).matches(), "user '" + user + "'", "uid:gid in numbers");
        for (String variable : environment.keySet()) {
            require(VARIABLE.matcher(variable).matches(), "variable '" + variable + "'", "letters, digits and _");
        }
        layers = List.copyOf(layers);
        entrypoint = List.copyOf(entrypoint);
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        labels = Map.copyOf(labels);
    }

    private static void require(boolean holds, String what, String wanted) {
        if (!holds) {
            throw new IllegalArgumentException("container image: " + what + " must be " + wanted);
        }
    }

    /** What follows the name's last colon. */
    String tag() {
        return name.substring(name.lastIndexOf(':') + 1);
    }

    /**
     * Writes an OCI image layout, which is an unpacked docker archive too: both name the same blobs.
     *
     * @param folder made here; must be empty if it is there
     * @return digest of the image's manifest, such as {@code sha256:0123…}
     * @throws LabException if something cannot be read or written
     */
    public String writeLayout(Path folder) {
        try {
            Files.createDirectories(folder);
            try (Stream<Path> there = Files.list(folder)) {
                if (there.findAny().isPresent()) {
                    throw new LabException("cannot write an image into " + folder + ": it is not empty");
                }
            }
            return new ImageLayout(folder).write(this);
        } catch (IOException e) {
            throw new LabException("cannot write image " + name + " into " + folder + ": " + e, e);
        }
    }

    /**
     * Writes one file that {@code ctr images import}, {@code docker load} and {@code skopeo} read.
     *
     * @return digest of the image's manifest
     * @throws LabException if something cannot be read or written
     */
    public String writeArchive(Path tar) {
        try {
            Path folder = Files.createTempDirectory(tar.toAbsolutePath().getParent(), "image");
            try {
                String digest = writeLayout(folder);
                archive(folder, tar);
                return digest;
            } finally {
                delete(folder);
            }
        } catch (IOException e) {
            throw new LabException("cannot write image " + name + " to " + tar + ": " + e, e);
        }
    }

    /**
     * Puts a layout that {@link #writeLayout} wrote into one file.
     *
     * @throws LabException if something cannot be read or written
     */
    public static void archive(Path layout, Path tar) {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(tar))) {
            ImageLayer.named("archive").tree("/", layout).build().writeTo(out);
        } catch (IOException e) {
            throw new LabException("cannot write " + tar + ": " + e, e);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> found = Files.walk(folder)) {
            for (Path each : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
