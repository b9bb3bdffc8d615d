package io.fairlead.cluster;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Collects what the sources say and publishes snapshots. One thread does it all: it takes everything that is queued,
 * applies it, and publishes once, so that a burst of changes makes one snapshot. Nothing is published before every
 * registered source is in sync, and nothing when nothing changed.
 *
 * <p>Register the sources, then {@link #start}. Thread-safe.
 */
public final class ClusterStore implements AutoCloseable {

    private static final Logger LOG = System.getLogger(ClusterStore.class.getName());

    /** Enough for the thread never to starve, and little enough to bound what waits in memory. */
    private static final int QUEUE_MAX = 4096;

    private final BlockingQueue<Message> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread thread =
            Thread.ofPlatform().daemon().name("cluster-store").unstarted(this::run);

    /** Sources that have not said Synced yet. */
    private final List<String> waitingFor = new CopyOnWriteArrayList<>();

    // The store's thread only.
    private final SnapshotBuilder builder = new SnapshotBuilder();
    private final List<SnapshotSubscriber> subscribers = new ArrayList<>();

    private volatile ClusterSnapshot snapshot = ClusterSnapshot.EMPTY;

    /**
     * Names a source; nothing is published before it says {@link ClusterChange.Synced}.
     *
     * @throws IllegalStateException if the store is running or the name is taken
     */
    public ClusterSink register(String source) {
        if (thread.getState() != Thread.State.NEW || waitingFor.contains(source)) {
            throw new IllegalStateException("source " + source + " registered twice or after the start");
        }
        waitingFor.add(source);
        return change -> put(new Message.Said(source, change));
    }

    /** Adds a subscriber at any time: it is told of everything in its first call, then of differences. */
    public void subscribe(SnapshotSubscriber subscriber) {
        put(new Message.Joined(subscriber));
    }

    public void start() {
        thread.start();
    }

    /** The snapshot published last; {@link ClusterSnapshot#EMPTY} before the first. */
    public ClusterSnapshot snapshot() {
        return snapshot;
    }

    /** The sources that are not in sync yet; empty means that snapshots are being published. */
    public Set<String> waitingFor() {
        return Set.copyOf(waitingFor);
    }

    /** Stops publishing and waits until no subscriber is being called. What is still queued is dropped. */
    @Override
    public void close() {
        closed.set(true);
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void put(Message message) {
        try {
            while (!closed.get() && !queue.offer(message, 1, TimeUnit.SECONDS)) {
                LOG.log(Level.DEBUG, "the cluster store is busy; a source waits");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        List<Message> batch = new ArrayList<>();
        while (!closed.get()) {
            try {
                batch.add(queue.take());
            } catch (InterruptedException e) {
                continue;
            }
            queue.drainTo(batch);
            handle(batch);
            batch.clear();
        }
    }

    private void handle(List<Message> batch) {
        List<SnapshotSubscriber> joined = new ArrayList<>();
        for (Message message : batch) {
            switch (message) {
                case Message.Said(String source, ClusterChange.Synced()) -> waitingFor.remove(source);
                case Message.Said(String _, ClusterChange change) -> builder.apply(change);
                case Message.Joined(SnapshotSubscriber subscriber) -> joined.add(subscriber);
            }
        }
        if (waitingFor.isEmpty()) {
            publish(joined);
        } else {
            subscribers.addAll(joined);
        }
    }

    private void publish(List<SnapshotSubscriber> joined) {
        boolean first = snapshot == ClusterSnapshot.EMPTY;
        ClusterDelta delta = builder.build();
        if (first || !delta.isEmpty()) {
            snapshot = builder.built();
            for (SnapshotSubscriber subscriber : subscribers) {
                tell(subscriber, delta);
            }
        }
        for (SnapshotSubscriber subscriber : joined) {
            tell(subscriber, ClusterDelta.fromEmpty(snapshot));
        }
        subscribers.addAll(joined);
    }

    private void tell(SnapshotSubscriber subscriber, ClusterDelta delta) {
        try {
            subscriber.onSnapshot(delta, snapshot);
        } catch (RuntimeException e) {
            // One subscriber's defect must not keep the others from the cluster's state.
            LOG.log(Level.ERROR, "a subscriber failed on snapshot " + snapshot.sequence(), e);
        }
    }

    /**
     * What the store's thread is told.
     *
     * <p>Immutable.
     */
    private sealed interface Message {

        /**
         * A change from a source.
         *
         * <p>Immutable.
         */
        record Said(String source, ClusterChange change) implements Message {}

        /**
         * A new subscriber.
         *
         * <p>Immutable.
         */
        record Joined(SnapshotSubscriber subscriber) implements Message {}
    }
}
