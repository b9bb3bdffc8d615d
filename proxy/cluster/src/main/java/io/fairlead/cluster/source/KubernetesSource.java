package io.fairlead.cluster.source;

import io.fairlead.cluster.ClusterChange;
import io.fairlead.cluster.ClusterSink;
import io.fairlead.cluster.api.ApiConnection;
import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.source.decode.Audience;
import io.fairlead.cluster.source.decode.ObjectDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The Kubernetes API as the source: Services, EndpointSlices, this Node, ServiceCIDRs and what else is wanted, each
 * followed by a virtual thread of its own. For a node, what another proxy serves and headless slices are left out by the
 * server (label selectors).
 *
 * <p>Thread-safe.
 */
public final class KubernetesSource implements AutoCloseable {

    private final List<ResourceWatch> watches = new ArrayList<>();
    private final List<SelectedWatches> selected = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * How it stands with one kind, or with one namespace of a kind of which only some objects are wanted.
     *
     * <p>Immutable.
     *
     * @param listed whether a first list is complete
     * @param lastContact when the server last sent something of it
     * @param trouble what is wrong; empty if nothing is
     */
    public record KindStatus(ClusterKind kind, boolean listed, Instant lastContact, String trouble) {}

    /**
     * @param api stays open when this is closed
     */
    public KubernetesSource(ApiConnection api, SourceScope scope, ClusterSink sink) {
        this(api, scope, sink, KubernetesTiming.STANDARD);
    }

    KubernetesSource(ApiConnection api, SourceScope scope, ClusterSink sink, KubernetesTiming timing) {
        List<ResourceWatch.Resource> resources = resources(scope);
        AtomicInteger missing = new AtomicInteger(resources.size());
        Runnable onFirstList = () -> {
            if (missing.decrementAndGet() == 0) {
                sink.offer(new ClusterChange.Synced());
            }
        };
        for (ResourceWatch.Resource resource : resources) {
            HeldItems items = new HeldItems(resource.kind(), scope.decoder(), sink);
            ResourceWatch watch = new ResourceWatch(resource, api, timing, items, onFirstList, closed);
            watches.add(watch);
            threads.add(Thread.ofVirtual().name("watch " + resource.kind()).unstarted(watch));
        }
        for (SelectedResource<?> each : scope.selected()) {
            SelectedWatches selection = new SelectedWatches(each, api, timing, scope::decoder, sink);
            selected.add(selection);
            threads.add(Thread.ofVirtual().name("select " + each.kind()).unstarted(selection));
        }
    }

    private static List<ResourceWatch.Resource> resources(SourceScope scope) {
        boolean node = scope.audience() == Audience.NODE;
        String nodeName = scope.nodeName();
        List<ResourceWatch.Resource> resources = new ArrayList<>(List.of(
                new ResourceWatch.Resource(
                        ClusterKind.SERVICE, "", node ? without(ObjectDecoder.PROXY_NAME_LABEL) : "", false),
                new ResourceWatch.Resource(
                        ClusterKind.ENDPOINT_SLICE, "", node ? without(ObjectDecoder.HEADLESS_LABEL) : "", false),
                new ResourceWatch.Resource(
                        ClusterKind.NODE,
                        "",
                        nodeName.isEmpty() ? "" : selector("fieldSelector", "metadata.name=" + nodeName),
                        !node)));
        if (node) {
            resources.add(new ResourceWatch.Resource(ClusterKind.SERVICE_CIDR, "", "", true));
        }
        for (ExtraResource<?> extra : scope.extras()) {
            resources.add(new ResourceWatch.Resource(extra.kind().kind(), "", extra.selectors(), extra.mayBeAbsent()));
        }
        return resources;
    }

    private static String without(String label) {
        return selector("labelSelector", "!" + label);
    }

    private static String selector(String parameter, String expression) {
        return "&" + parameter + "=" + URLEncoder.encode(expression, StandardCharsets.UTF_8);
    }

    public void start() {
        threads.forEach(Thread::start);
    }

    public List<KindStatus> status() {
        List<KindStatus> all = new ArrayList<>();
        watches.forEach(watch -> all.add(watch.status()));
        selected.forEach(each -> all.addAll(each.status()));
        return all;
    }

    /** Ends all watches and waits until nothing more is offered. */
    @Override
    public void close() {
        closed.countDown();
        threads.forEach(Thread::interrupt);
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
