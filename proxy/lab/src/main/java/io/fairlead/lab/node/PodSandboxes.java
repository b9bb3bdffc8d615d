package io.fairlead.lab.node;

import io.fairlead.kernel.netns.NetNs;
import io.fairlead.lab.run.LabException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The sandboxes that containerd runs, by the OCI bundles that it keeps of them.
 *
 * <p>Immutable.
 *
 * @param root the node's file system
 */
record PodSandboxes(Path root) {

    /** Of the CRI plugin: an annotation of every container. */
    private static final String ANNOTATION = "io.kubernetes.cri.";

    /**
     * Opens the network namespace of a Pod.
     *
     * @throws LabException if it has none of its own here
     */
    NetNs open(String namespace, String pod) {
        for (Path bundle : bundles()) {
            Optional<Path> found = networkOf(bundle, namespace, pod);
            if (found.isPresent()) {
                return NetNs.openPath(found.get());
            }
        }
        throw new LabException("no Pod " + namespace + "/" + pod + " with a network of its own runs on this node");
    }

    private List<Path> bundles() {
        Path tasks = root.resolve("run/containerd/io.containerd.runtime.v2.task/k8s.io");
        try (Stream<Path> entries = Files.list(tasks)) {
            return entries.map(bundle -> bundle.resolve("config.json")).toList();
        } catch (IOException | UncheckedIOException e) {
            throw new LabException("cannot look into " + tasks + ": " + e.getMessage(), e);
        }
    }

    /** The path of the namespace as the host reaches it, if this bundle is the sandbox of that Pod. */
    private Optional<Path> networkOf(Path bundle, String namespace, String pod) {
        Map<?, ?> config;
        try {
            Object parsed = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(bundle));
            config = parsed instanceof Map<?, ?> map ? map : Map.of();
        } catch (IOException | YamlEngineException goneOrHalfWritten) {
            return Optional.empty();
        }
        Map<?, ?> annotations = config.get("annotations") instanceof Map<?, ?> map ? map : Map.of();
        boolean matches = "sandbox".equals(annotations.get(ANNOTATION + "container-type"))
                && namespace.equals(annotations.get(ANNOTATION + "sandbox-namespace"))
                && pod.equals(annotations.get(ANNOTATION + "sandbox-name"));
        return matches ? networkPath(config) : Optional.empty();
    }

    private Optional<Path> networkPath(Map<?, ?> config) {
        if (config.get("linux") instanceof Map<?, ?> linux && linux.get("namespaces") instanceof List<?> namespaces) {
            for (Object each : namespaces) {
                if (each instanceof Map<?, ?> map
                        && "network".equals(map.get("type"))
                        && map.get("path") instanceof String path) {
                    // Of two names of one folder, the one that needs no symbolic link of the node.
                    return Optional.of(Path.of(root + path.replaceFirst("^/var/run/", "/run/")));
                }
            }
        }
        return Optional.empty();
    }
}
