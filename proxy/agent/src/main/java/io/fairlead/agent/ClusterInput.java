package io.fairlead.agent;

import io.fairlead.agent.config.RoutingFlags;
import io.fairlead.agent.view.SourceStatus;
import io.fairlead.cluster.ClusterSink;
import io.fairlead.cluster.ClusterStore;
import io.fairlead.cluster.api.ApiConnection;
import io.fairlead.cluster.api.KubernetesAccess;
import io.fairlead.cluster.source.ApiServerDiscovery;
import io.fairlead.cluster.source.KubernetesSource;
import io.fairlead.cluster.source.ManifestSource;
import io.fairlead.cluster.source.SourceScope;
import io.fairlead.cluster.write.ApiEventTarget;
import io.fairlead.cluster.write.DirectoryEventTarget;
import io.fairlead.cluster.write.EventTarget;
import io.fairlead.runtime.options.Arguments;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The source of the cluster that the command line names: a directory of manifests, else the Kubernetes API.
 *
 * <p>Confined to the main thread.
 */
final class ClusterInput implements AutoCloseable {

    private final Optional<Path> manifests;
    private final Optional<KubernetesAccess> access;
    private final Optional<ApiConnection> api;
    private final Optional<Path> statusDirectory;
    private final String nodeName;
    private Runnable end = () -> {};
    private volatile Supplier<SourceStatus> status = () -> new SourceStatus.Api(List.of());

    private ClusterInput(
            Optional<Path> manifests,
            Optional<KubernetesAccess> access,
            Optional<Path> statusDirectory,
            String nodeName) {
        this.manifests = manifests;
        this.access = access;
        this.api = access.map(ApiConnection::new);
        this.statusDirectory = statusDirectory;
        this.nodeName = nodeName;
    }

    /** @throws IllegalArgumentException if there is no way to the API server, or the kubeconfig cannot be understood */
    static ClusterInput of(Arguments arguments) {
        Optional<Path> manifests = arguments.find(AgentOptions.MANIFESTS);
        Optional<KubernetesAccess> access = manifests.isPresent() ? Optional.empty() : Optional.of(access(arguments));
        return new ClusterInput(
                manifests,
                access,
                arguments.find(AgentOptions.STATUS_DIR),
                AgentOptions.policy(arguments).nodeName());
    }

    /** As kube-proxy does it, but that the servers of {@code --master} alone may be given a service account. */
    private static KubernetesAccess access(Arguments arguments) {
        Optional<Path> kubeconfig = arguments.find(AgentOptions.KUBECONFIG);
        List<String> servers = arguments.value(RoutingFlags.MASTER);
        if (servers.isEmpty()) {
            return kubeconfig.map(KubernetesAccess::kubeconfig).orElseGet(KubernetesAccess::ambient);
        }
        return kubeconfig
                .map(file -> KubernetesAccess.kubeconfig(file, withScheme("https://", servers)))
                .orElseGet(() -> KubernetesAccess.servers(withScheme("http://", servers)));
    }

    private static List<String> withScheme(String scheme, List<String> servers) {
        return servers.stream()
                .map(server -> server.contains("://") ? server : scheme + server)
                .toList();
    }

    /** Registers the source at the store and starts it. */
    void start(ClusterStore store) {
        ClusterSink sink = store.register(manifests.isPresent() ? "manifests" : "kubernetes");
        manifests.ifPresent(directory -> {
            ManifestSource source = new ManifestSource(directory, SourceScope.ofNode(nodeName), sink);
            source.start();
            end = source::close;
            status = () -> status(directory, source.status());
        });
        access.ifPresent(server -> store.subscribe(new ApiServerDiscovery(server.servers())));
        api.ifPresent(connection -> {
            KubernetesSource source = new KubernetesSource(connection, SourceScope.ofNode(nodeName), sink);
            source.start();
            end = source::close;
            status = () -> status(source.status());
        });
    }

    /** Where Events about the cluster's objects go: to the API, else below {@code --status-dir}, else nowhere. */
    EventTarget eventTarget() {
        if (api.isPresent()) {
            return new ApiEventTarget(api.get(), nodeName, InstantSource.system());
        }
        return statusDirectory
                .<EventTarget>map(directory -> new DirectoryEventTarget(directory, nodeName, InstantSource.system()))
                .orElse(_ -> {});
    }

    /** How it stands with the source. Thread-safe after the start. */
    SourceStatus status() {
        return status.get();
    }

    private static SourceStatus status(Path directory, ManifestSource.Status found) {
        return new SourceStatus.Manifests(directory.toString(), found.files(), found.filesInTrouble(), found.present());
    }

    private static SourceStatus status(List<KubernetesSource.KindStatus> kinds) {
        return new SourceStatus.Api(kinds.stream()
                .map(kind -> new SourceStatus.Kind(
                        kind.kind().toString(), kind.listed(), kind.lastContact(), kind.trouble()))
                .toList());
    }

    @Override
    public void close() {
        end.run();
        api.ifPresent(ApiConnection::close);
    }
}
