package io.fairlead.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * A store with one source, and everything that the source said and the store published.
 *
 * <p>Thread-safe.
 */
public final class ClusterProbe implements AutoCloseable {

    private static final Duration DEADLINE = Duration.ofSeconds(40);

    private final ClusterStore store = new ClusterStore();
    private final ClusterSink storeSink = store.register("source");
    private final List<ClusterChange> said = new ArrayList<>();
    private final List<ClusterSnapshot> published = new ArrayList<>();

    public ClusterProbe() {
        store.subscribe((_, snapshot) -> {
            synchronized (this) {
                published.add(snapshot);
                notifyAll();
            }
        });
        store.start();
    }

    public ClusterSink sink() {
        return change -> {
            synchronized (this) {
                said.add(change);
                notifyAll();
            }
            storeSink.offer(change);
        };
    }

    /** Waits until a published snapshot is as wanted, and returns it. */
    public ClusterSnapshot await(String what, Predicate<ClusterSnapshot> wanted) {
        return await(what, () -> !published.isEmpty() && wanted.test(published.getLast()));
    }

    private synchronized ClusterSnapshot await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError("never saw " + what + "; the source said last "
                        + said.subList(Math.max(0, said.size() - 5), said.size()) + ", set aside: "
                        + (published.isEmpty()
                                ? "nothing published"
                                : published.getLast().setAside()));
            }
            try {
                wait(Math.max(1, left / 1_000_000));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        return published.isEmpty() ? ClusterSnapshot.EMPTY : published.getLast();
    }

    public ClusterSnapshot awaitServices(String... names) {
        return await(
                "the Services " + Set.of(names),
                snapshot -> serviceNames(snapshot).equals(new TreeSet<>(Set.of(names))));
    }

    public ClusterSnapshot awaitPort(String service, int port) {
        return await(
                service + " on port " + port,
                snapshot -> snapshot.services().values().stream()
                        .anyMatch(each -> each.name().name().equals(service)
                                && each.ports().getFirst().port() == port));
    }

    public ClusterSnapshot awaitSetAside(int count) {
        return await(
                count + " objects set aside", snapshot -> snapshot.setAside().size() == count);
    }

    public static Set<String> serviceNames(ClusterSnapshot snapshot) {
        Set<String> names = new TreeSet<>();
        snapshot.services().keySet().forEach(name -> names.add(name.name()));
        return names;
    }

    public synchronized List<ClusterSnapshot> published() {
        return List.copyOf(published);
    }

    public synchronized List<ClusterChange> said() {
        return List.copyOf(said);
    }

    /** Waits until the source said at least so much. */
    public synchronized void awaitSaid(String what, Predicate<List<ClusterChange>> wanted) {
        await(what, () -> wanted.test(said));
    }

    @Override
    public void close() {
        store.close();
    }
}
