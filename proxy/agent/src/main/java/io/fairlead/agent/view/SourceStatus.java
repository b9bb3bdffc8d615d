package io.fairlead.agent.view;

import io.fairlead.cluster.input.InputStatus;
import io.fairlead.cluster.source.KubernetesSource;
import io.fairlead.cluster.source.ManifestSource;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * How it stands with where the cluster comes from.
 *
 * <p>Immutable.
 */
public sealed interface SourceStatus {

    /** How many parts of it cannot be read at present. */
    int unreadable();

    /** As the source says. */
    static SourceStatus of(InputStatus status) {
        return switch (status) {
            case InputStatus.Api(List<KubernetesSource.KindStatus> kinds) ->
                new Api(kinds.stream()
                        .map(kind ->
                                new Kind(kind.kind().toString(), kind.listed(), kind.lastContact(), kind.trouble()))
                        .toList());
            case InputStatus.Manifests(Path directory, ManifestSource.Status found) ->
                new Manifests(directory.toString(), found.files(), found.filesInTrouble(), found.present());
        };
    }

    /**
     * The Kubernetes API, kind by kind.
     *
     * <p>Immutable.
     */
    record Api(List<Kind> kinds) implements SourceStatus {

        public Api {
            kinds = List.copyOf(kinds);
        }

        @Override
        public int unreadable() {
            return (int)
                    kinds.stream().filter(kind -> !kind.trouble().isEmpty()).count();
        }
    }

    /**
     * One kind of object.
     *
     * <p>Immutable.
     *
     * @param listed whether a first list is complete
     * @param lastContact when the server last sent something of it; the epoch if it never did
     * @param trouble what is wrong; empty if nothing is
     */
    record Kind(String name, boolean listed, Instant lastContact, String trouble) {}

    /**
     * A directory of manifests.
     *
     * <p>Immutable.
     *
     * @param files that say something
     * @param filesInTrouble of these, those with something that cannot be honoured
     * @param present whether the directory is there
     */
    record Manifests(String directory, int files, int filesInTrouble, boolean present) implements SourceStatus {

        @Override
        public int unreadable() {
            return present ? 0 : 1;
        }
    }
}
