package io.fairlead.cluster.source;

import io.fairlead.cluster.ClusterChange;
import io.fairlead.cluster.model.ClusterObject;
import io.fairlead.cluster.model.ObjectKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What all files say together. An object that is in several files is taken from the first of them in the order of
 * their paths, and reported.
 *
 * <p>Confined to the thread of its source.
 */
final class ManifestIndex {

    private final Map<String, ManifestFile> files = new HashMap<>();

    /** The paths of the files that speak of an object, in order. */
    private final Map<ObjectKey, List<String>> mentions = new HashMap<>();

    private int ignored;
    private int inTrouble;

    ManifestFile file(String path) {
        return files.getOrDefault(path, ManifestFile.EMPTY);
    }

    /** The paths of the files that speak of an object, in order. */
    List<String> mentions(ObjectKey key) {
        return mentions.getOrDefault(key, List.of());
    }

    int size() {
        return files.size();
    }

    /** Files with something that cannot be honoured. */
    int inTrouble() {
        return inTrouble;
    }

    int ignored() {
        return ignored;
    }

    /** Whether the file speaks of an object that another file speaks of too. */
    boolean isContested(String path, ManifestFile content) {
        for (ObjectKey key : content.objects().keySet()) {
            if (!mentions.getOrDefault(key, List.of(path)).equals(List.of(path))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Replaces what these files say, at once, so that an object that moves from one to another never seems deleted.
     * Returns what that changes.
     */
    List<ClusterChange> replace(Map<String, ManifestFile> contents) {
        SortedSet<ObjectKey> keys = new TreeSet<>();
        contents.forEach((path, content) -> {
            keys.addAll(file(path).keys());
            keys.addAll(content.keys());
        });
        Map<ObjectKey, Outcome> before = new HashMap<>();
        for (ObjectKey key : keys) {
            before.put(key, outcome(key));
        }
        contents.forEach(this::replace);
        List<ClusterChange> changes = new ArrayList<>();
        for (ObjectKey key : keys) {
            outcome(key).addChanges(key, Objects.requireNonNull(before.get(key)), changes);
        }
        return changes;
    }

    private void replace(String path, ManifestFile content) {
        ManifestFile former = file(path);
        ignored += content.ignored() - former.ignored();
        inTrouble += Math.min(content.problems().size(), 1)
                - Math.min(former.problems().size(), 1);
        former.keys().forEach(key -> forget(key, path));
        if (content.equals(ManifestFile.EMPTY)) {
            files.remove(path);
        } else {
            files.put(path, content);
        }
        content.keys().forEach(key -> mention(key, path));
    }

    private void mention(ObjectKey key, String path) {
        mentions.merge(key, List.of(path), (held, _) -> {
            SortedSet<String> paths = new TreeSet<>(held);
            paths.add(path);
            return List.copyOf(paths);
        });
    }

    private void forget(ObjectKey key, String path) {
        mentions.computeIfPresent(key, (_, held) -> {
            SortedSet<String> paths = new TreeSet<>(held);
            paths.remove(path);
            return paths.isEmpty() ? null : List.copyOf(paths);
        });
    }

    private Outcome outcome(ObjectKey key) {
        ManifestFile.Entry winner = null;
        String first = "";
        ClusterChange.SetAside report = null;
        for (String path : mentions(key)) {
            ClusterChange.SetAside problem = file(path).problems().get(key);
            ManifestFile.Entry entry = file(path).objects().get(key);
            if (problem == null && entry != null && winner != null) {
                problem = new ClusterChange.SetAside(
                        key.kind(),
                        key.name(),
                        ManifestFile.where(path, entry.line()),
                        "is also in " + ManifestFile.where(first, winner.line()) + ", which comes first and counts");
            }
            report = report == null ? problem : report;
            if (winner == null && entry != null) {
                winner = entry;
                first = path;
            }
        }
        return new Outcome(winner == null ? null : winner.object(), report);
    }

    /**
     * What holds for one object: its record, if there is one, and a report, if there is one.
     *
     * <p>Immutable.
     */
    private record Outcome(@Nullable ClusterObject object, ClusterChange.@Nullable SetAside report) {

        /** What to say after {@code before} held. A record comes before a report, because it ends an earlier one. */
        void addChanges(ObjectKey key, Outcome before, List<ClusterChange> changes) {
            if (equals(before)) {
                return;
            }
            boolean reportEnds = before.report != null && report == null;
            if (!Objects.equals(object, before.object) || reportEnds) {
                changes.add(
                        object == null
                                ? new ClusterChange.Delete(key.kind(), key.name())
                                : new ClusterChange.Upsert(object));
            }
            if (report != null) {
                changes.add(report);
            }
        }
    }
}
