package io.fairlead.lab.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fairlead.lab.run.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An image's files in a folder, to run its programs where there is no container runtime.
 *
 * <p>Immutable.
 *
 * @param root where they are
 * @param entryPoint the words that its program starts with
 */
public record UnpackedImage(Path root, List<String> entryPoint) {

    /** Words before "--" say what is mounted; those after it are the command. */
    private static final String ENTER = """
            set -e
            root=$1
            shift
            mount --bind "$root" "$root"
            mount -o remount,bind,ro "$root"
            mount -t proc proc "$root/proc"
            mount --rbind /dev "$root/dev"
            while [ "$1" != -- ]; do
                case $1 in
                    memory) mount -t tmpfs tmpfs "$root$2" ;;
                    *) mount --bind "$1" "$root$2" ;;
                esac
                shift 2
            done
            shift
            exec chroot "$root" "$@"
            """;

    public UnpackedImage {
        entryPoint = List.copyOf(entryPoint);
    }

    /**
     * Unpacks all layers, with the modes, owners and times that they say; needs root.
     *
     * @param layout that {@link ContainerImage#writeLayout} wrote: nothing in its layers deletes a file of another
     * @param root made here; must not be there
     * @throws LabException if something cannot be read or written
     */
    public static UnpackedImage unpack(Path layout, Path root) {
        ObjectMapper json = new ObjectMapper();
        try {
            Files.createDirectory(root);
            JsonNode manifest = json.readTree(layout.resolve("manifest.json").toFile());
            for (JsonNode layer : manifest.at("/0/Layers")) {
                String blob = layout.resolve(layer.asText()).toString();
                BuildCommand.run(root, List.of("tar", "-xpf", blob, "--same-owner"));
            }
            Path config = layout.resolve(manifest.at("/0/Config").asText());
            List<String> entryPoint = new ArrayList<>();
            json.readTree(config.toFile()).at("/config/Entrypoint").forEach(word -> entryPoint.add(word.asText()));
            return new UnpackedImage(root, entryPoint);
        } catch (IOException e) {
            throw new LabException("cannot unpack " + layout + " to " + root + ": " + e, e);
        }
    }

    /**
     * The words that run a command in the image as root, with process and mount namespaces of its own: everything is
     * read-only but what is mounted. Who starts them decides on network and environment, and can only kill what runs:
     * {@code unshare} ignores other signals.
     *
     * @param memory folders of the image over which there is an empty one in memory
     * @param binds by folder or file of the image, what of this machine is seen there
     * @param command program of the image and its arguments
     */
    public List<String> command(List<String> memory, Map<String, Path> binds, List<String> command) {
        List<String> words = new ArrayList<>(List.of("unshare", "--mount", "--pid", "--fork", "--kill-child"));
        words.addAll(
                List.of("--", "sh", "-c", ENTER, "sh", root.toAbsolutePath().toString()));
        memory.forEach(folder -> words.addAll(List.of("memory", folder)));
        binds.forEach(
                (there, here) -> words.addAll(List.of(here.toAbsolutePath().toString(), there)));
        words.add("--");
        words.addAll(command);
        return words;
    }
}
