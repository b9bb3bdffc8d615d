package io.fairlead.cluster.source;

import io.fairlead.cluster.ClusterSink;
import io.fairlead.cluster.api.ApiConnection;
import io.fairlead.cluster.api.ApiFailure;
import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.source.decode.InvalidInput;
import io.fairlead.cluster.source.decode.ObjectDecoder;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Follows the wanted objects of one kind by one watch for each namespace that has a wanted one. A watch for each object
 * would need thousands of streams, and one for the whole cluster the right to read every namespace.
 *
 * <p>An object that becomes wanted in a namespace that is being watched is asked for by name, on a thread of its own: by a
 * list of one, which needs no other permission than the watch does.
 *
 * <p>Confined to its own thread, except {@link #status}, which is thread-safe.
 */
final class SelectedWatches implements Runnable {

    private final SelectedResource<?> resource;
    private final ClusterKind kind;
    private final ApiConnection api;
    private final KubernetesTiming timing;
    private final Supplier<ObjectDecoder> decoders;
    private final ClusterSink sink;
    private final Map<String, NamespaceWatch> namespaces = new ConcurrentHashMap<>();

    SelectedWatches(
            SelectedResource<?> resource,
            ApiConnection api,
            KubernetesTiming timing,
            Supplier<ObjectDecoder> decoders,
            ClusterSink sink) {
        this.resource = resource;
        this.kind = resource.kind().kind();
        this.api = api;
        this.timing = timing;
        this.decoders = decoders;
        this.sink = sink;
    }

    /** Of each namespace. */
    List<KubernetesSource.KindStatus> status() {
        return namespaces.values().stream().map(each -> each.watch.status()).toList();
    }

    /** Until it is interrupted; ends all its watches then. */
    @Override
    public void run() {
        Set<ObjectName> known = Set.of();
        try {
            while (true) {
                Set<ObjectName> wanted = resource.selection().awaitOther(known);
                follow(without(wanted, known), without(known, wanted));
                known = wanted;
            }
        } catch (InterruptedException e) {
            namespaces.values().forEach(NamespaceWatch::end);
            namespaces.values().forEach(NamespaceWatch::join);
            Thread.currentThread().interrupt();
        }
    }

    private static Set<ObjectName> without(Set<ObjectName> all, Set<ObjectName> those) {
        Set<ObjectName> rest = new HashSet<>(all);
        rest.removeIf(those::contains);
        return rest;
    }

    private void follow(Set<ObjectName> added, Set<ObjectName> dropped) {
        byNamespace(added).forEach((namespace, names) -> {
            NamespaceWatch watch = namespaces.get(namespace);
            if (watch == null) {
                namespaces.put(namespace, new NamespaceWatch(namespace, names));
            } else {
                watch.ask(names);
            }
        });
        byNamespace(dropped).forEach((namespace, names) -> {
            NamespaceWatch watch = Objects.requireNonNull(namespaces.get(namespace), namespace);
            watch.wanted.removeAll(names);
            if (watch.wanted.isEmpty()) {
                watch.end();
                watch.join();
                namespaces.remove(namespace);
            }
            watch.items.drop(names);
        });
    }

    private static Map<String, Set<ObjectName>> byNamespace(Collection<ObjectName> names) {
        Map<String, Set<ObjectName>> parts = new HashMap<>();
        names.forEach(name ->
                parts.computeIfAbsent(name.namespace(), _ -> new HashSet<>()).add(name));
        return parts;
    }

    /**
     * The watch of one namespace, and who asks for what became wanted since.
     *
     * <p>Confined to the thread of its owner, except what it starts.
     */
    private final class NamespaceWatch {

        private final Set<ObjectName> wanted;
        private final SelectedItems items;
        private final ResourceWatch.Resource followed;
        private final ResourceWatch watch;
        private final CountDownLatch closed = new CountDownLatch(1);
        private final Set<Thread> threads = new HashSet<>();

        NamespaceWatch(String namespace, Set<ObjectName> names) {
            wanted = new HashSet<>(names);
            items = new SelectedItems(kind, decoders.get(), sink);
            items.add(names, false);
            followed = new ResourceWatch.Resource(kind, namespace, resource.query(), true);
            watch = new ResourceWatch(followed, api, timing, items, () -> {}, closed);
            threads.add(Thread.ofVirtual().name("watch " + followed).start(watch));
        }

        void ask(Set<ObjectName> names) {
            wanted.addAll(names);
            items.add(names, true);
            threads.removeIf(thread -> !thread.isAlive());
            threads.add(Thread.ofVirtual().name("ask for " + kind).start(() -> lookUp(names)));
        }

        private void lookUp(Set<ObjectName> names) {
            ListReader lists = new ListReader(api, timing.listSilenceMax());
            Backoff backoff = new Backoff(timing.backoffMin(), timing.backoffMax(), RandomGenerator.getDefault());
            try {
                for (ObjectName name : names) {
                    while (items.isAsked(name) && !isAnswered(name, lists)) {
                        Duration wait = backoff.next();
                        if (closed.await(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                            return;
                        }
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** Whether there was an answer. */
        private boolean isAnswered(ObjectName name, ListReader lists) throws InterruptedException {
            try {
                lists.read(followed.path() + resource.queryFor(name), items::found);
                items.notFound(name, SelectedItems.ABSENT);
                return true;
            } catch (ApiFailure e) {
                if (e.isAbsent()) {
                    items.notFound(name, String.valueOf(e.getMessage()));
                }
                return e.isAbsent();
            } catch (IOException | InvalidInput e) {
                return false;
            }
        }

        void end() {
            closed.countDown();
            threads.forEach(Thread::interrupt);
        }

        void join() {
            for (Thread thread : threads) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }
}
