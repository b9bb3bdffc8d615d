package io.fairlead.cluster.source;

import io.fairlead.cluster.ClusterChange;
import io.fairlead.cluster.ClusterSink;
import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.source.decode.ObjectDecoder;
import io.fairlead.cluster.source.decode.Tree;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The wanted objects of one kind in one namespace. The watch tells of all; of those that are not wanted nothing is kept.
 *
 * <p>So an object that becomes wanted while the watch runs has to be asked for. What that answer says counts only if the
 * watch said nothing of the object since the question: else the watch is as new, or will say the latest in its turn.
 *
 * <p>Thread-safe.
 */
final class SelectedItems implements WatchedItems {

    /** What is said of a wanted object that is not there. */
    static final String ABSENT = "does not exist";

    private static final String WHERE = "API";

    private final ClusterKind kind;
    private final ClusterSink sink;
    private final HeldItems held;
    private final Set<ObjectName> wanted = new HashSet<>();

    /** Of the wanted ones, those that are not there, with what was said of them. */
    private final Map<ObjectName, String> missing = new HashMap<>();

    /** Of the wanted ones, those that were asked for and of which the watch said nothing since. */
    private final Set<ObjectName> asked = new HashSet<>();

    SelectedItems(ClusterKind kind, ObjectDecoder decoder, ClusterSink sink) {
        this.kind = kind;
        this.sink = sink;
        this.held = new HeldItems(kind, decoder, sink);
    }

    /**
     * These are wanted from here on.
     *
     * @param listed whether a list may have passed by, so that each is to be asked for
     */
    synchronized void add(Set<ObjectName> names, boolean listed) {
        wanted.addAll(names);
        if (listed) {
            asked.addAll(names);
        }
    }

    /** These are not wanted any more. */
    synchronized void drop(Set<ObjectName> names) {
        for (ObjectName name : names) {
            wanted.remove(name);
            asked.remove(name);
            held.remove(name);
            if (missing.remove(name) != null) {
                sink.offer(new ClusterChange.Delete(kind, name));
            }
        }
    }

    /** Whether it is still worth asking for. */
    synchronized boolean isAsked(ObjectName name) {
        return asked.contains(name);
    }

    /** The answer to a question for one object: it is there. */
    synchronized void found(Tree tree) {
        ObjectName name = held.name(tree);
        if (asked.contains(name)) {
            put(name, tree);
        }
    }

    /** The answer to a question for one object: it is not there, or we must not know. */
    synchronized void notFound(ObjectName name, String reason) {
        if (asked.remove(name)) {
            held.remove(name);
            missing(name, reason);
        }
    }

    @Override
    public synchronized void put(Tree tree) {
        ObjectName name = held.name(tree);
        if (wanted.contains(name)) {
            put(name, tree);
        }
    }

    private void put(ObjectName name, Tree tree) {
        asked.remove(name);
        missing.remove(name);
        held.put(tree);
    }

    @Override
    public synchronized void remove(Tree tree) {
        ObjectName name = held.name(tree);
        if (wanted.contains(name)) {
            asked.remove(name);
            held.remove(name);
            missing(name, ABSENT);
        }
    }

    @Override
    public synchronized void listBegins() {
        held.listBegins();
    }

    @Override
    public synchronized void listEnds() {
        held.listEnds();
        for (ObjectName name : wanted) {
            if (!held.has(name) && !asked.contains(name)) {
                missing(name, ABSENT);
            }
        }
    }

    @Override
    public synchronized void refused(String reason) {
        for (ObjectName name : wanted) {
            if (!held.has(name)) {
                asked.remove(name);
                missing(name, reason);
            }
        }
    }

    private void missing(ObjectName name, String reason) {
        if (!reason.equals(missing.put(name, reason))) {
            sink.offer(new ClusterChange.SetAside(kind, name, WHERE, reason));
        }
    }
}
