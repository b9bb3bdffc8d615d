package io.fairlead.test.scenario;

import io.fairlead.cluster.ClusterChange;
import io.fairlead.cluster.ClusterDelta;
import io.fairlead.cluster.ClusterSink;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.ClusterStore;
import io.fairlead.cluster.source.ManifestTexts;
import io.fairlead.test.AddressPlan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The cluster as the agent sees it: the real decoders and the real store over manifests that are in memory.
 *
 * <p>Confined to one thread.
 */
public final class Cluster implements AutoCloseable {

    private static final long SECONDS_MAX = 20;

    private final Map<String, String> objects = new LinkedHashMap<>();
    private final ManifestTexts texts = new ManifestTexts(AddressPlan.NODE);
    private final ClusterStore store = new ClusterStore();
    private final ClusterSink sink = store.register("manifests");
    private final AtomicReference<News> news = new AtomicReference<>(new News(ClusterDelta.EMPTY, store.snapshot()));

    /**
     * What is new since the last time it was taken.
     *
     * <p>Immutable.
     */
    public record News(ClusterDelta delta, ClusterSnapshot snapshot) {

        private News then(ClusterDelta next, ClusterSnapshot latest) {
            return new News(delta.merge(next), latest);
        }
    }

    /** @param objects their texts by name, see {@link #replace} */
    public Cluster(Map<String, String> objects) {
        store.subscribe((delta, snapshot) -> news.updateAndGet(known -> known.then(delta, snapshot)));
        store.start();
        sink.offer(new ClusterChange.Synced());
        replace(objects);
    }

    /** Adds, replaces or (where the text is empty) deletes objects, all at once. */
    public void replace(Map<String, String> changed) {
        changed.forEach((key, text) -> {
            if (text.isEmpty()) {
                objects.remove(key);
            } else {
                objects.put(key, text);
            }
        });
        offer(texts.replace(changed));
    }

    /** The text of every object that is there. */
    public Map<String, String> objects() {
        return new LinkedHashMap<>(objects);
    }

    /** Offers changes that no manifest says. */
    public void offer(List<ClusterChange> changes) {
        changes.forEach(sink::offer);
    }

    /** Waits until the store has published everything, and takes what is new. */
    public News takeNews() {
        CountDownLatch published = new CountDownLatch(1);
        // A subscriber is told after those that were there before it.
        store.subscribe((delta, snapshot) -> published.countDown());
        try {
            if (!published.await(SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new AssertionError("the store does not publish");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        News taken = news.get();
        news.set(new News(ClusterDelta.EMPTY, taken.snapshot));
        return taken;
    }

    @Override
    public void close() {
        store.close();
        texts.close();
    }
}
