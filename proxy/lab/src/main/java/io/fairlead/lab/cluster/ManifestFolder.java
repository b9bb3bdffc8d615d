package io.fairlead.lab.cluster;

import io.fairlead.lab.run.LabException;
import io.fairlead.lab.topology.NodeSpec;
import io.fairlead.lab.topology.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The folder that the agents take the cluster from: one file for the nodes, one for each Service, and others.
 *
 * <p>Thread-safe as long as no two threads write the same Service.
 */
public final class ManifestFolder {

    private final Path path;
    private final Topology topology;

    private ManifestFolder(Path path, Topology topology) {
        this.path = path;
        this.topology = topology;
    }

    /** Makes the folder, with the nodes in it. */
    static ManifestFolder create(Path path, Topology topology) {
        try {
            Files.createDirectory(path);
        } catch (IOException e) {
            throw new LabException("cannot make " + path + ": " + e.getMessage(), e);
        }
        ManifestFolder folder = new ManifestFolder(path, topology);
        StringBuilder nodes = new StringBuilder();
        topology.nodes().forEach(node -> nodes.append(yaml(node)));
        folder.put("nodes", nodes.toString());
        return folder;
    }

    private static String yaml(NodeSpec node) {
        return """
                ---
                apiVersion: v1
                kind: Node
                metadata: {name: %s, labels: {kubernetes.io/hostname: %s}}
                spec: {podCIDR: %s, podCIDRs: [%s, "%s"]}
                status:
                  addresses:
                  - {type: InternalIP, address: %s}
                  - {type: InternalIP, address: "%s"}
                """.formatted(
                        node.name(),
                        node.name(),
                        node.podRange().text4(),
                        node.podRange().text4(),
                        node.podRange().text6(),
                        node.host().addresses().text4(),
                        node.host().addresses().text6());
    }

    public Path path() {
        return path;
    }

    /** The file of a Service. */
    public Path file(String name) {
        return path.resolve(name + ".yaml");
    }

    /** Writes a Service, in one step for whoever reads it. */
    public void put(ServiceManifest service) {
        put(service.name(), service.yaml(topology));
    }

    /** Writes {@code NAME.yaml}, in one step as well. */
    public void put(String name, String yaml) {
        // Hidden files are no manifests.
        Path fresh = path.resolve("." + name + ".new");
        try {
            Files.writeString(fresh, yaml);
            Files.move(fresh, file(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new LabException("cannot write " + file(name) + ": " + e.getMessage(), e);
        }
    }
}
