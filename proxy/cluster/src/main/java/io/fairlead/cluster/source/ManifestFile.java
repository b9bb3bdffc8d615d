package io.fairlead.cluster.source;

import io.fairlead.cluster.ClusterChange;
import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ClusterObject;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.source.decode.InvalidInput;
import io.fairlead.cluster.source.decode.Quoted;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What one file says.
 *
 * <p>Immutable.
 *
 * @param objects what it says well, or last said well where its word is a problem
 * @param problems what cannot be honoured
 * @param unwanted objects that nobody selected, so that nothing is kept of them
 * @param ignored objects of kinds, and Nodes, that are none of ours
 */
record ManifestFile(
        Map<ObjectKey, Entry> objects,
        Map<ObjectKey, ClusterChange.SetAside> problems,
        Set<ObjectKey> unwanted,
        int ignored) {

    private static final int NAME_MAX = 256;

    static final ManifestFile EMPTY = new ManifestFile(Map.of(), Map.of(), Set.of(), 0);

    /**
     * An object and the line on which it starts.
     *
     * <p>Immutable.
     */
    record Entry(ClusterObject object, int line) {}

    /** The file is broken: all that it said before stays in force. */
    ManifestFile broken(String name, InvalidInput reason) {
        Builder report = new Builder(name);
        ObjectKey key = new ObjectKey(ClusterKind.MANIFEST, new ObjectName("", Quoted.line(name, NAME_MAX)));
        report.problem(key, reason);
        return new ManifestFile(objects, report.problems, unwanted, ignored);
    }

    /** Keeps the last good record of each object that is a problem in this version of the file. */
    ManifestFile after(ManifestFile previous) {
        Map<ObjectKey, Entry> merged = new HashMap<>(objects);
        for (ObjectKey key : problems.keySet()) {
            Entry lastGood = previous.objects.get(key);
            if (lastGood != null) {
                merged.putIfAbsent(key, lastGood);
            }
        }
        return new ManifestFile(Map.copyOf(merged), problems, unwanted, ignored);
    }

    /** How a report names a place. */
    static String where(String name, int line) {
        String shown = Quoted.line(name, NAME_MAX);
        return line == 0 ? shown : shown + ":" + line;
    }

    /** Everything that the file speaks of. */
    Set<ObjectKey> keys() {
        Set<ObjectKey> keys = new HashSet<>(objects.keySet());
        keys.addAll(problems.keySet());
        keys.addAll(unwanted);
        return keys;
    }

    /** Whether both have the same objects, whatever they say of them, and problems with the same objects. */
    boolean namesTheSame(ManifestFile other) {
        return objects.keySet().equals(other.objects.keySet())
                && problems.keySet().equals(other.problems.keySet());
    }

    /** Whether an object that this one has is missing in the next version of the file. */
    boolean losesTo(ManifestFile next) {
        for (ObjectKey key : objects.keySet()) {
            if (!next.objects.containsKey(key) && !next.unwanted.contains(key)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Collects what a file says while it is read.
     *
     * <p>Confined to the thread of its source.
     */
    static final class Builder {

        private final String name;
        private final Map<ObjectKey, Entry> objects = new HashMap<>();
        private final Map<ObjectKey, ClusterChange.SetAside> problems = new HashMap<>();
        private final Set<ObjectKey> unwanted = new HashSet<>();
        private final Set<ObjectKey> seen = new HashSet<>();
        private int ignored;

        Builder(String name) {
            this.name = name;
        }

        boolean has(ObjectKey key) {
            return seen.contains(key);
        }

        void object(ObjectKey key, ClusterObject object, int line) {
            seen.add(key);
            objects.put(key, new Entry(object, line));
        }

        /** An object that is there, but for which nothing is to be routed. */
        void nothing(ObjectKey key) {
            seen.add(key);
        }

        void unwanted(ObjectKey key) {
            seen.add(key);
            unwanted.add(key);
        }

        void problem(ObjectKey key, InvalidInput reason) {
            seen.add(key);
            problems.putIfAbsent(
                    key,
                    new ClusterChange.SetAside(
                            key.kind(), key.name(), where(reason.line()), String.valueOf(reason.getMessage())));
        }

        void ignore() {
            ignored++;
        }

        String where(int line) {
            return ManifestFile.where(name, line);
        }

        ManifestFile build() {
            return new ManifestFile(Map.copyOf(objects), Map.copyOf(problems), Set.copyOf(unwanted), ignored);
        }
    }
}
