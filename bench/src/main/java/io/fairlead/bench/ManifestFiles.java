package io.fairlead.bench;

import io.fairlead.bench.process.SyntheticCluster;
import io.fairlead.cluster.model.ClusterObject;
import io.fairlead.cluster.model.Endpoint;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.ExtraObject;
import io.fairlead.cluster.model.Node;
import io.fairlead.cluster.model.Service;
import io.fairlead.cluster.model.ServiceCidr;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A synthetic cluster as a directory of YAML manifests, some hundred objects in each file.
 *
 * <p>Confined to the main thread.
 */
final class ManifestFiles implements AutoCloseable {

    private static final int OBJECTS_PER_FILE = 200;

    private final TemporaryFiles directory = TemporaryFiles.create();
    private final StringBuilder text = new StringBuilder();
    private int objects;
    private int files;

    static ManifestFiles write(SyntheticCluster cluster) {
        ManifestFiles files = new ManifestFiles();
        cluster.forEach(files::add);
        files.endFile();
        return files;
    }

    Path directory() {
        return directory.directory();
    }

    private void add(ClusterObject object) {
        switch (object) {
            case Service service -> add(service);
            case EndpointSlice slice -> add(slice);
            case Node node -> {
                head("v1", "Node", "", node.name());
                text.append("status:\n  addresses:\n    - {type: InternalIP, address: ")
                        .append(node.internalIps().getFirst())
                        .append("}\n");
            }
            case ServiceCidr range -> {
                head("networking.k8s.io/v1", "ServiceCIDR", "", range.name());
                text.append("spec:\n  cidrs: [\"")
                        .append(range.cidrs().getFirst())
                        .append("\"]\n");
            }
            case ExtraObject extra -> throw new IllegalArgumentException("no text for " + extra.key());
        }
        if (++objects % OBJECTS_PER_FILE == 0) {
            endFile();
        }
    }

    private void head(String version, String kind, String namespace, String name) {
        text.append("---\napiVersion: ").append(version).append("\nkind: ").append(kind);
        text.append("\nmetadata:\n  name: ").append(name).append('\n');
        if (!namespace.isEmpty()) {
            text.append("  namespace: ").append(namespace).append('\n');
        }
    }

    private void add(Service service) {
        head("v1", "Service", service.name().namespace(), service.name().name());
        text.append("spec:\n  clusterIP: ")
                .append(service.clusterIps().getFirst())
                .append("\n  clusterIPs: [")
                .append(service.clusterIps().getFirst())
                .append("]\n  ports:\n    - {name: http, protocol: TCP, port: ")
                .append(SyntheticCluster.PORT)
                .append(", targetPort: ")
                .append(SyntheticCluster.TARGET_PORT)
                .append("}\n");
    }

    private void add(EndpointSlice slice) {
        head(
                "discovery.k8s.io/v1",
                "EndpointSlice",
                slice.name().namespace(),
                slice.name().name());
        text.append("  labels: {kubernetes.io/service-name: ")
                .append(slice.service().name())
                .append("}\naddressType: IPv4\nports:\n  - {name: http, protocol: TCP, port: ")
                .append(SyntheticCluster.TARGET_PORT)
                .append("}\nendpoints:\n");
        for (Endpoint endpoint : slice.endpoints()) {
            text.append("  - addresses: [")
                    .append(endpoint.address())
                    .append("]\n    conditions: {ready: true, serving: true, terminating: false}\n    nodeName: ")
                    .append(endpoint.nodeName())
                    .append('\n');
        }
    }

    private void endFile() {
        try {
            Files.writeString(directory.file("objects-" + files++ + ".yaml"), text);
            text.setLength(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        directory.close();
    }
}
