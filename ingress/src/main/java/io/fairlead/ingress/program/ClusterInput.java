package io.fairlead.ingress.program;

import io.fairlead.cluster.ClusterSink;
import io.fairlead.cluster.ClusterStore;
import io.fairlead.cluster.api.ApiConnection;
import io.fairlead.cluster.api.KubernetesAccess;
import io.fairlead.cluster.source.KubernetesSource;
import io.fairlead.cluster.source.ManifestSource;
import io.fairlead.cluster.source.SourceScope;
import io.fairlead.cluster.write.ApiEventTarget;
import io.fairlead.cluster.write.DirectoryEventTarget;
import io.fairlead.cluster.write.EventTarget;
import io.fairlead.runtime.options.Arguments;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/**
 * The source of the cluster that the command line names: a directory of manifests, else the Kubernetes API.
 *
 * <p>Confined to the main thread.
 */
final class ClusterInput implements AutoCloseable {

    private final Optional<Path> manifests;
    private final Optional<ApiConnection> api;
    private final Optional<Path> statusDirectory;
    private Runnable end = () -> {};

    private ClusterInput(Optional<Path> manifests, Optional<ApiConnection> api, Optional<Path> statusDirectory) {
        this.manifests = manifests;
        this.api = api;
        this.statusDirectory = statusDirectory;
    }

    /** @throws IllegalArgumentException if there is no way to the API server, or the kubeconfig cannot be understood */
    static ClusterInput of(Arguments arguments) {
        Optional<Path> manifests = arguments.find(IngressOptions.MANIFESTS);
        Optional<ApiConnection> api = manifests.isPresent()
                ? Optional.empty()
                : Optional.of(new ApiConnection(arguments
                        .find(IngressOptions.KUBECONFIG)
                        .map(KubernetesAccess::kubeconfig)
                        .orElseGet(KubernetesAccess::ambient)));
        return new ClusterInput(manifests, api, arguments.find(IngressOptions.STATUS_DIR));
    }

    /** Registers the source at the store and starts it. */
    void start(ClusterStore store, SourceScope scope) {
        ClusterSink sink = store.register(manifests.isPresent() ? "manifests" : "kubernetes");
        manifests.ifPresent(directory -> {
            ManifestSource source = new ManifestSource(directory, scope, sink);
            source.start();
            end = source::close;
        });
        api.ifPresent(connection -> {
            KubernetesSource source = new KubernetesSource(connection, scope, sink);
            source.start();
            end = source::close;
        });
    }

    /** Where Events about the cluster's objects go: to the API, else below {@code --status-dir}, else nowhere. */
    EventTarget eventTarget(String reporter) {
        if (api.isPresent()) {
            return new ApiEventTarget(api.get(), reporter, InstantSource.system());
        }
        return statusDirectory
                .<EventTarget>map(directory -> new DirectoryEventTarget(directory, reporter, InstantSource.system()))
                .orElse(_ -> {});
    }

    @Override
    public void close() {
        end.run();
        api.ifPresent(ApiConnection::close);
    }
}
