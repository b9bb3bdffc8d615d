package io.fairlead.cluster.source;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.fairlead.cluster.api.ApiConnection;
import io.fairlead.cluster.api.ApiFailure;
import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.source.decode.Field;
import io.fairlead.cluster.source.decode.InvalidInput;
import io.fairlead.cluster.source.decode.JsonTree;
import io.fairlead.cluster.source.decode.Quoted;
import io.fairlead.cluster.source.decode.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Follows the objects of one kind, as "Efficient detection of changes" of the Kubernetes API concepts has it: list in
 * pages, then watch from the list's resource version, and list again when the server says 410 Gone. Both are decoded
 * as they arrive, one object at a time.
 *
 * <p>A watch that ends is continued from the last resource version seen, bookmarks included. A list after a 410 says
 * only what differs ({@link HeldItems}).
 *
 * <p>Confined to the thread of its watch, except {@link #status}.
 */
final class ResourceWatch implements Runnable {

    private static final Logger LOG = System.getLogger(ResourceWatch.class.getName());

    private static final int PAGE_SIZE = 500;

    /** The same trouble is not worth a line more often. */
    private static final long LOG_NANOS_MIN = TimeUnit.MINUTES.toNanos(1);

    /**
     * What to follow.
     *
     * <p>Immutable.
     *
     * @param namespace empty for all
     * @param selectors of the query, already encoded; they hold for list and watch
     * @param mayBeAbsent whether an old cluster, or one that does not permit it, counts as having none
     */
    record Resource(ClusterKind kind, String namespace, String selectors, boolean mayBeAbsent) {

        String path() {
            return kind.path(namespace);
        }

        @Override
        public String toString() {
            return namespace.isEmpty() ? kind.toString() : kind + " in namespace " + namespace;
        }
    }

    private final Resource resource;
    private final ApiConnection api;
    private final KubernetesTiming timing;
    private final Runnable onFirstList;
    private final WatchedItems items;
    private final ListReader lists;
    private final JsonFactory json = new JsonFactory();
    private final CountDownLatch closed;
    private final RandomGenerator random = RandomGenerator.getDefault();
    private final Backoff backoff;

    /** Where to continue watching; empty when only a list can tell. */
    private String resourceVersion = "";

    private boolean listed;
    private boolean moved;
    private boolean reported;
    private long reportedNanos = System.nanoTime() - LOG_NANOS_MIN;
    private volatile KubernetesSource.KindStatus status;

    /** @param closed opens when the watch is to end */
    ResourceWatch(
            Resource resource,
            ApiConnection api,
            KubernetesTiming timing,
            WatchedItems items,
            Runnable onFirstList,
            CountDownLatch closed) {
        this.resource = resource;
        this.api = api;
        this.timing = timing;
        this.onFirstList = onFirstList;
        this.items = items;
        this.lists = new ListReader(api, timing.listSilenceMax());
        this.closed = closed;
        this.backoff = new Backoff(timing.backoffMin(), timing.backoffMax(), random);
        this.status = new KubernetesSource.KindStatus(resource.kind(), false, Instant.EPOCH, "not asked yet");
    }

    /** Thread-safe. */
    KubernetesSource.KindStatus status() {
        return status;
    }

    @Override
    public void run() {
        try {
            while (closed.getCount() > 0) {
                closed.await(round().toNanos(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lists if it must, then watches to the end of the stream; returns how long to wait before the next round. */
    private Duration round() throws InterruptedException {
        moved = false;
        long startNanos = System.nanoTime();
        try {
            if (resourceVersion.isEmpty()) {
                list();
                startNanos = System.nanoTime();
            }
            watch();
            // The usual end: the server closes a watch that had its time.
            return progressed(startNanos) ? Duration.ZERO : backoff.next();
        } catch (ApiFailure e) {
            return failed(e, startNanos);
        } catch (IOException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return failed(new ApiFailure("connection lost: " + Quoted.line(cause.toString(), 200)), startNanos);
        } catch (InvalidInput e) {
            return failed(new ApiFailure("strange answer: " + e.getMessage()), startNanos);
        } catch (RuntimeException e) {
            // The client's way to say that a token or certificate is missing; and no defect may end a watch.
            LOG.log(Level.DEBUG, "watching " + resource, e);
            return failed(new ApiFailure("cannot ask: " + Quoted.line(e.toString(), 200)), startNanos);
        }
    }

    /** Whether the round did any good, so that the next failure counts as the first. */
    private boolean progressed(long startNanos) {
        boolean progressed =
                moved || System.nanoTime() - startNanos > timing.backoffMax().toNanos();
        if (progressed) {
            backoff.reset();
        }
        return progressed;
    }

    private Duration failed(ApiFailure e, long startNanos) {
        if (closed.getCount() == 0 || Thread.currentThread().isInterrupted()) {
            return Duration.ZERO;
        }
        if (e.isGone()) {
            resourceVersion = "";
        }
        // What was there once is still there: a server that starts forbids everything until it knows who may what.
        boolean absent = resource.mayBeAbsent() && e.isAbsent() && resourceVersion.isEmpty();
        trouble(String.valueOf(e.getMessage()), absent ? Level.INFO : Level.WARNING);
        if (absent) {
            items.refused(String.valueOf(e.getMessage()));
            firstListEnds();
            // A permission that is given later counts soon; a kind that the cluster lacks is not worth asking for.
            return resource.namespace().isEmpty() ? timing.absentRetry() : backoff.next();
        }
        progressed(startNanos);
        Duration wait = backoff.next();
        return wait.compareTo(e.retryAfter()) < 0 ? e.retryAfter() : wait;
    }

    private void list() throws IOException, InterruptedException {
        items.listBegins();
        ListReader.Page page = new ListReader.Page("", "");
        do {
            String query = "?limit=" + PAGE_SIZE + resource.selectors()
                    + (page.next().isEmpty()
                            ? ""
                            : "&continue=" + URLEncoder.encode(page.next(), StandardCharsets.UTF_8));
            page = lists.read(resource.path() + query, tree -> accept(tree, true));
            contact();
        } while (!page.next().isEmpty());
        items.listEnds();
        resourceVersion = page.resourceVersion();
        firstListEnds();
    }

    private void firstListEnds() {
        if (!listed) {
            listed = true;
            onFirstList.run();
        }
    }

    private void watch() throws IOException, InterruptedException {
        long half = Math.max(1, timing.watchMax().toSeconds() / 2);
        long seconds = half + random.nextLong(half + 1);
        String query = "?watch=true&allowWatchBookmarks=true&resourceVersion="
                + URLEncoder.encode(resourceVersion, StandardCharsets.UTF_8) + "&timeoutSeconds=" + seconds
                + resource.selectors();
        try (InputStream answer = api.get(resource.path() + query, timing.watchSilenceMax())) {
            // Before the parser, which waits for the first bytes.
            contact();
            JsonParser parser = json.createParser(answer);
            while (parser.nextToken() != null) {
                handle(Field.root(JsonTree.read(parser, false)));
                contact();
            }
        }
    }

    private void handle(Field event) {
        String type = event.at("type").text(64);
        Field object = event.at("object");
        switch (type) {
            case "ADDED", "MODIFIED" -> accept(object.tree(), true);
            case "DELETED" -> accept(object.tree(), false);
            case "BOOKMARK" -> {}
            case "ERROR" -> {
                int code = object.at("code").number(0, 0, 999, "a status");
                String message = Quoted.line(object.at("message").text(1 << 16), 200);
                throw new ApiFailure(code, "the watch was ended: " + message, Duration.ZERO);
            }
            default -> throw new InvalidInput("unknown event " + Quoted.of(type), 0);
        }
        moved = true;
        String version = object.at("metadata").at("resourceVersion").text(1024);
        if (!version.isEmpty()) {
            resourceVersion = version;
        }
    }

    private void accept(Tree object, boolean present) {
        try {
            if (present) {
                items.put(object);
            } else {
                items.remove(object);
            }
        } catch (InvalidInput e) {
            LOG.log(Level.WARNING, resource + " without a usable name left out: " + e.getMessage());
        }
    }

    private void contact() {
        status = new KubernetesSource.KindStatus(resource.kind(), listed, Instant.now(), "");
        if (reported) {
            reported = false;
            LOG.log(Level.INFO, "watching " + resource + " again");
        }
    }

    private void trouble(String message, Level level) {
        status = new KubernetesSource.KindStatus(resource.kind(), listed, status.lastContact(), message);
        long now = System.nanoTime();
        if (!reported && now - reportedNanos > LOG_NANOS_MIN) {
            reported = true;
            reportedNanos = now;
            LOG.log(level, "watching " + resource + ": " + message);
        }
    }
}
