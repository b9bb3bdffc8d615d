package io.fairlead.cluster.input;

import io.fairlead.cluster.source.KubernetesSource;
import io.fairlead.cluster.source.ManifestSource;
import java.nio.file.Path;
import java.util.List;

/**
 * How it stands with where the cluster comes from.
 *
 * <p>Immutable.
 */
public sealed interface InputStatus {

    /**
     * The Kubernetes API, kind by kind; no kinds before the start.
     *
     * <p>Immutable.
     */
    record Api(List<KubernetesSource.KindStatus> kinds) implements InputStatus {

        public Api {
            kinds = List.copyOf(kinds);
        }
    }

    /**
     * A directory of manifests.
     *
     * <p>Immutable.
     */
    record Manifests(Path directory, ManifestSource.Status status) implements InputStatus {}
}
