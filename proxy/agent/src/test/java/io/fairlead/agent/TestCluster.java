package io.fairlead.agent;

import io.fairlead.cluster.ClusterChange;
import io.fairlead.cluster.ClusterDelta;
import io.fairlead.cluster.ClusterSink;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.ClusterStore;
import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ClusterObject;
import io.fairlead.cluster.model.ObjectName;
import java.util.concurrent.CompletableFuture;

/**
 * A cluster that a test writes: a real store, and what it publishes, fetched when the test wants it.
 *
 * <p>Confined to the test thread.
 */
public final class TestCluster implements AutoCloseable {

    private final ClusterStore store = new ClusterStore();
    private final ClusterSink sink = store.register("test");
    private ClusterDelta pending = ClusterDelta.EMPTY;

    /** A snapshot and what differs from the one fetched before. */
    public record Update(ClusterDelta delta, ClusterSnapshot snapshot) {}

    public TestCluster(ClusterObject... objects) {
        store.subscribe((delta, _) -> {
            synchronized (this) {
                pending = pending.merge(delta);
            }
        });
        put(objects);
        sink.offer(new ClusterChange.Synced());
        store.start();
    }

    public TestCluster put(ClusterObject... objects) {
        for (ClusterObject object : objects) {
            sink.offer(new ClusterChange.Upsert(object));
        }
        return this;
    }

    public TestCluster delete(ClusterKind kind, ObjectName name) {
        sink.offer(new ClusterChange.Delete(kind, name));
        return this;
    }

    public TestCluster delete(ClusterObject object) {
        return delete(object.kind(), object.objectName());
    }

    public TestCluster setAside(ClusterKind kind, ObjectName name, String where, String reason) {
        sink.offer(new ClusterChange.SetAside(kind, name, where, reason));
        return this;
    }

    /** What everything put so far amounts to: a new subscriber is told behind all that was offered before it. */
    public Update fetch() {
        CompletableFuture<ClusterSnapshot> latest = new CompletableFuture<>();
        store.subscribe((_, snapshot) -> latest.complete(snapshot));
        ClusterSnapshot snapshot = latest.join();
        synchronized (this) {
            Update update = new Update(pending, snapshot);
            pending = ClusterDelta.EMPTY;
            return update;
        }
    }

    @Override
    public void close() {
        store.close();
    }
}
