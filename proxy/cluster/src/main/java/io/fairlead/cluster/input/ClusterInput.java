package io.fairlead.cluster.input;

import io.fairlead.cluster.ClusterSink;
import io.fairlead.cluster.ClusterStore;
import io.fairlead.cluster.api.ApiConnection;
import io.fairlead.cluster.api.KubernetesAccess;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.source.ApiServerDiscovery;
import io.fairlead.cluster.source.KubernetesSource;
import io.fairlead.cluster.source.ManifestSource;
import io.fairlead.cluster.source.SourceScope;
import io.fairlead.cluster.write.ApiEventTarget;
import io.fairlead.cluster.write.ApiObject;
import io.fairlead.cluster.write.ApiStatusTarget;
import io.fairlead.cluster.write.DirectoryEventTarget;
import io.fairlead.cluster.write.DirectoryStatusTarget;
import io.fairlead.cluster.write.EventTarget;
import io.fairlead.cluster.write.FileObject;
import io.fairlead.cluster.write.Reporter;
import io.fairlead.cluster.write.StatusTarget;
import io.fairlead.cluster.write.VersionedObject;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The cluster that a command line names: a directory of manifests with one for what is written, else the Kubernetes API.
 *
 * <p>Confined to the main thread, except {@link #status}, which is thread-safe after the start.
 */
public final class ClusterInput implements AutoCloseable {

    private final Place place;
    private Runnable end = () -> {};
    private volatile Supplier<InputStatus> status = () -> new InputStatus.Api(List.of());

    private sealed interface Place {

        /** Immutable. */
        record Manifests(Path directory, Optional<Path> statusDirectory) implements Place {}

        /** Immutable. */
        record Api(KubernetesAccess access, ApiConnection connection) implements Place {}
    }

    private ClusterInput(Place place) {
        this.place = place;
    }

    /**
     * Manifests if there is a directory of them, else the API.
     *
     * @param statusDirectory where things are written for a cluster that is a directory; without one they go nowhere
     * @param access is asked only where the API is needed
     * @throws IllegalArgumentException if there is no way to the API server, or the kubeconfig cannot be understood
     */
    public static ClusterInput of(
            Optional<Path> manifests, Optional<Path> statusDirectory, Supplier<KubernetesAccess> access) {
        return new ClusterInput(manifests
                .<Place>map(directory -> new Place.Manifests(directory, statusDirectory))
                .orElseGet(() -> {
                    KubernetesAccess server = access.get();
                    return new Place.Api(server, new ApiConnection(server));
                }));
    }

    /** Registers the source at the store and starts it. */
    public void start(ClusterStore store, SourceScope scope) {
        switch (place) {
            case Place.Manifests(Path directory, Optional<Path> _) -> {
                ManifestSource source = new ManifestSource(directory, scope, store.register("manifests"));
                source.start();
                end = source::close;
                status = () -> new InputStatus.Manifests(directory, source.status());
            }
            case Place.Api(KubernetesAccess access, ApiConnection connection) -> {
                ClusterSink sink = store.register("kubernetes");
                store.subscribe(new ApiServerDiscovery(access.servers()));
                KubernetesSource source = new KubernetesSource(connection, scope, sink);
                source.start();
                end = source::close;
                status = () -> new InputStatus.Api(source.status());
            }
        }
    }

    /** Where Events about the cluster's objects go. */
    public EventTarget eventTarget(Reporter reporter) {
        return switch (place) {
            case Place.Manifests(Path _, Optional<Path> directory) ->
                directory
                        .<EventTarget>map(to -> new DirectoryEventTarget(to, reporter, InstantSource.system()))
                        .orElse(_ -> {});
            case Place.Api api -> new ApiEventTarget(api.connection(), reporter, InstantSource.system());
        };
    }

    /** Where the status of objects goes; nothing if that is nowhere. */
    public Optional<StatusTarget> statusTarget() {
        return switch (place) {
            case Place.Manifests(Path _, Optional<Path> directory) -> directory.map(DirectoryStatusTarget::new);
            case Place.Api api -> Optional.of(new ApiStatusTarget(api.connection()));
        };
    }

    /** An object that several processes write; nothing if there is no place for it. */
    public Optional<VersionedObject> object(ObjectKey key) {
        return switch (place) {
            case Place.Manifests(Path _, Optional<Path> directory) -> directory.map(in -> new FileObject(in, key));
            case Place.Api api -> Optional.of(new ApiObject(api.connection(), key));
        };
    }

    /** How it stands with the source. */
    public InputStatus status() {
        return status.get();
    }

    @Override
    public void close() {
        end.run();
        if (place instanceof Place.Api api) {
            api.connection().close();
        }
    }
}
