package io.fairlead.cluster.source;

import io.fairlead.cluster.ClusterChange;
import io.fairlead.cluster.ClusterSink;
import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ClusterObject;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.source.decode.Field;
import io.fairlead.cluster.source.decode.InvalidInput;
import io.fairlead.cluster.source.decode.ObjectDecoder;
import io.fairlead.cluster.source.decode.Tree;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What was last said of each object of one kind, so that only differences are said: a list after a lost watch repeats
 * everything, and most updates of an object change nothing that we keep.
 *
 * <p>Confined to the thread of its watch.
 */
final class HeldItems implements WatchedItems {

    private static final String WHERE = "API";

    private final ClusterKind kind;
    private final ClusterSink sink;
    private final ObjectDecoder decoder;
    private final Map<ObjectName, Item> items = new HashMap<>();
    private final Instant began = Instant.now();
    private int round;

    HeldItems(ClusterKind kind, ObjectDecoder decoder, ClusterSink sink) {
        this.kind = kind;
        this.decoder = decoder;
        this.sink = sink;
    }

    /** The name of an object. */
    ObjectName name(Tree tree) {
        return decoder.name(kind, Field.root(tree));
    }

    boolean has(ObjectName name) {
        return items.containsKey(name);
    }

    @Override
    public void put(Tree tree) {
        Field object = Field.root(tree);
        ObjectName name = decoder.name(kind, object);
        Optional<ClusterChange> change = change(name, object);
        if (change.isEmpty()) {
            remove(name);
            return;
        }
        Item former = items.put(name, new Item(change.get(), round));
        if (former == null || !former.last.equals(change.get())) {
            trigger(change.get(), object).ifPresent(sink::offer);
            sink.offer(change.get());
        }
    }

    /** What happened before we began is no measure of how fast we are. A time that cannot be is nobody's problem. */
    private Optional<ClusterChange> trigger(ClusterChange change, Field object) {
        if (!(change instanceof ClusterChange.Upsert(EndpointSlice slice))) {
            return Optional.empty();
        }
        try {
            return decoder.triggeredAt(object)
                    .filter(began::isBefore)
                    .map(at -> new ClusterChange.Triggered(slice.family(), at));
        } catch (InvalidInput e) {
            return Optional.empty();
        }
    }

    private Optional<ClusterChange> change(ObjectName name, Field object) {
        try {
            Optional<ClusterObject> decoded = decoder.decode(kind, name, object);
            return decoded.map(ClusterChange.Upsert::new);
        } catch (InvalidInput e) {
            return Optional.of(new ClusterChange.SetAside(kind, name, WHERE, String.valueOf(e.getMessage())));
        }
    }

    @Override
    public void remove(Tree tree) {
        remove(name(tree));
    }

    void remove(ObjectName name) {
        if (items.remove(name) != null) {
            sink.offer(new ClusterChange.Delete(kind, name));
        }
    }

    @Override
    public void listBegins() {
        round++;
    }

    /** A cluster that does not have the kind has no objects of it. */
    @Override
    public void refused(String reason) {}

    @Override
    public void listEnds() {
        items.entrySet().removeIf(entry -> {
            boolean gone = entry.getValue().round != round;
            if (gone) {
                sink.offer(new ClusterChange.Delete(kind, entry.getKey()));
            }
            return gone;
        });
    }

    /**
     * What was last said of an object, and the list that last mentioned it.
     *
     * <p>Immutable.
     */
    private record Item(ClusterChange last, int round) {}
}
