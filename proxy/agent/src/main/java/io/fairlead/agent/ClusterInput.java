package io.fairlead.agent;

import io.fairlead.agent.config.RoutingFlags;
import io.fairlead.agent.view.SourceStatus;
import io.fairlead.cluster.ClusterSink;
import io.fairlead.cluster.ClusterStore;
import io.fairlead.cluster.source.KubernetesAccess;
import io.fairlead.cluster.source.KubernetesSource;
import io.fairlead.cluster.source.ManifestSource;
import io.fairlead.runtime.options.Arguments;
import java.nio.file.Path;
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
    private final String nodeName;
    private Runnable end = () -> {};
    private volatile Supplier<SourceStatus> status = () -> new SourceStatus.Api(List.of());

    private ClusterInput(Optional<Path> manifests, Optional<KubernetesAccess> access, String nodeName) {
        this.manifests = manifests;
        this.access = access;
        this.nodeName = nodeName;
    }

    /** @throws IllegalArgumentException if there is no way to the API server, or the kubeconfig cannot be understood */
    static ClusterInput of(Arguments arguments) {
        Optional<Path> manifests = arguments.find(AgentOptions.MANIFESTS);
        Optional<KubernetesAccess> access = manifests.isPresent() ? Optional.empty() : Optional.of(access(arguments));
        return new ClusterInput(
                manifests, access, AgentOptions.policy(arguments).nodeName());
    }

    /** As kube-proxy does it: {@code --master} alone means a server that wants no credentials. */
    private static KubernetesAccess access(Arguments arguments) {
        Optional<Path> kubeconfig = arguments.find(AgentOptions.KUBECONFIG);
        String master = arguments.find(RoutingFlags.MASTER).orElse("");
        if (master.isEmpty()) {
            return kubeconfig.map(KubernetesAccess::kubeconfig).orElseGet(KubernetesAccess::ambient);
        }
        return kubeconfig
                .map(file -> KubernetesAccess.kubeconfig(file, master))
                .orElseGet(() -> KubernetesAccess.plain(master));
    }

    /** Registers the source at the store and starts it. */
    void start(ClusterStore store) {
        ClusterSink sink = store.register(manifests.isPresent() ? "manifests" : "kubernetes");
        manifests.ifPresent(directory -> {
            ManifestSource source = new ManifestSource(directory, nodeName, sink);
            source.start();
            end = source::close;
            status = () -> status(directory, source.status());
        });
        access.ifPresent(server -> {
            KubernetesSource source = new KubernetesSource(server, nodeName, sink);
            source.start();
            end = source::close;
            status = () -> status(source.status());
        });
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
    }
}
