package io.fairlead.lab.hollow;

import io.fairlead.lab.hollow.HollowStore.Batch;
import io.fairlead.lab.hollow.HollowStore.CompactedException;
import io.fairlead.lab.hollow.HollowStore.Event;
import io.fairlead.lab.hollow.HollowStore.Listing;
import io.fairlead.lab.hollow.HollowStore.Versioned;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Lists and watches as "Kubernetes API Concepts" has them: pages of one moment, watches from a version on, bookmarks,
 * streaming lists, 410 for a past that is forgotten. Events are taken and counted. Nothing else is known.
 *
 * <p>Thread-safe.
 */
final class HollowApi {

    private static final int PIECE_CHARS = 1 << 15;
    private static final long BOOKMARK_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long WATCH_SECONDS_MAX = 1_800;
    private static final String COMPACTED = "The resourceVersion for the provided watch or list is too old.";

    private final HollowStore store;

    final LongAdder lists = new LongAdder();
    final LongAdder watches = new LongAdder();
    final LongAdder eventsPosted = new LongAdder();

    HollowApi(HollowStore store) {
        this.store = store;
    }

    /** Answers one request; a watch keeps the thread until it ends. */
    void answer(HollowRequest request, HollowReply reply) throws IOException, InterruptedException {
        Optional<HollowKind> kind = kind(request.path());
        if (request.method().equals("POST") && request.path().endsWith("/events")) {
            eventsPosted.increment();
            reply.json(
                    201, "{\"kind\":\"Event\",\"apiVersion\":\"events.k8s.io/v1\",\"metadata\":{\"name\":\"taken\"}}");
        } else if (!request.method().equals("GET")) {
            reply.failure(405, "MethodNotAllowed", "a hollow cluster changes by itself only");
        } else if (kind.isPresent()) {
            collection(kind.get(), request, reply);
        } else {
            single(request.path(), reply);
        }
    }

    private static Optional<HollowKind> kind(String path) {
        for (HollowKind kind : HollowKind.values()) {
            if (kind.path().equals(path)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    private void single(String path, HollowReply reply) throws IOException {
        if (path.equals("/version")) {
            reply.json(200, "{\"major\":\"1\",\"minor\":\"36\",\"gitVersion\":\"v1.36.3\"}");
            return;
        }
        int slash = path.lastIndexOf('/');
        Optional<HollowKind> kind = kind(path.substring(0, Math.max(0, slash)));
        Optional<Versioned> found = kind.flatMap(of -> store.find(of, "/" + path.substring(slash + 1)));
        if (found.isEmpty()) {
            reply.failure(404, "NotFound", "the server could not find the requested resource");
            return;
        }
        StringBuilder text = new StringBuilder();
        HollowJson.writeTyped(text, found.get().object(), found.get().version());
        reply.json(200, text.toString());
    }

    private void collection(HollowKind kind, HollowRequest request, HollowReply reply)
            throws IOException, InterruptedException {
        Selection selection;
        try {
            selection = new Selection(
                    HollowSelector.parse(request.parameter("labelSelector")),
                    HollowSelector.parse(request.parameter("fieldSelector")));
        } catch (IllegalArgumentException e) {
            reply.failure(400, "BadRequest", String.valueOf(e.getMessage()));
            return;
        }
        if (!request.parameter("resourceVersion").matches("[0-9]{0,18}")) {
            reply.failure(400, "BadRequest", "Invalid value: resourceVersion");
        } else if (request.flag("watch")) {
            watch(kind, request, selection, reply);
        } else {
            list(kind, request, selection, reply);
        }
    }

    /**
     * What of a kind is asked for.
     *
     * <p>Immutable.
     */
    private record Selection(HollowSelector labels, HollowSelector fields) {

        boolean holds(HollowObject object) {
            return labels.holds(object.labels()) && fields.holds(fieldsOf(object));
        }

        private static Map<String, String> fieldsOf(HollowObject object) {
            return Map.of("metadata.name", object.name(), "metadata.namespace", object.namespace());
        }
    }

    private void list(HollowKind kind, HollowRequest request, Selection selection, HollowReply reply)
            throws IOException {
        Listing listing;
        int from = 0;
        try {
            String token = request.parameter("continue");
            if (token.matches("[0-9]{1,18}-[0-9]{1,9}")) {
                int dash = token.indexOf('-');
                listing = store.list(kind, Long.parseLong(token.substring(0, dash)));
                from = Integer.parseInt(token.substring(dash + 1));
            } else {
                lists.increment();
                listing = store.list(kind);
            }
        } catch (CompactedException e) {
            reply.failure(410, "Expired", "The provided continue parameter is too old.");
            return;
        }
        String limit = request.parameter("limit");
        int items = limit.matches("[1-9][0-9]{0,8}") ? Integer.parseInt(limit) : Integer.MAX_VALUE;
        writeList(listing, from, items, selection, reply);
    }

    private static void writeList(Listing listing, int from, int limit, Selection selection, HollowReply reply)
            throws IOException {
        reply.begin();
        StringBuilder text = new StringBuilder(PIECE_CHARS + PIECE_CHARS / 2);
        text.append("{\"kind\":\"").append(listing.kind().kind()).append("List\",\"apiVersion\":\"");
        text.append(listing.kind().apiVersion()).append("\",\"items\":[");
        List<Versioned> all = listing.items();
        int written = 0;
        int next = from;
        while (next < all.size() && written < limit) {
            Versioned item = all.get(next++);
            if (selection.holds(item.object())) {
                text.append(written++ == 0 ? "" : ",");
                HollowJson.writeItem(text, item.object(), item.version());
                if (text.length() > PIECE_CHARS) {
                    reply.piece(text);
                }
            }
        }
        text.append("],\"metadata\":{\"resourceVersion\":\"")
                .append(listing.version())
                .append('"');
        if (next < all.size()) {
            text.append(",\"continue\":\"")
                    .append(listing.version())
                    .append('-')
                    .append(next)
                    .append('"');
        }
        text.append("}}");
        reply.piece(text);
        reply.end();
    }

    private void watch(HollowKind kind, HollowRequest request, Selection selection, HollowReply reply)
            throws IOException, InterruptedException {
        boolean streamingList = request.flag("sendInitialEvents");
        boolean bookmarks = request.flag("allowWatchBookmarks");
        if (streamingList
                && !(bookmarks && request.parameter("resourceVersionMatch").equals("NotOlderThan"))) {
            reply.failure(422, "Invalid", "sendInitialEvents wants resourceVersionMatch and allowWatchBookmarks");
            return;
        }
        String version = request.parameter("resourceVersion");
        long after = version.isEmpty() ? 0 : Long.parseLong(version);
        if (after > store.version()) {
            reply.failure(504, "Timeout", "Too large resource version: " + after);
            return;
        }
        watches.increment();
        reply.begin();
        StringBuilder text = new StringBuilder();
        try {
            if (streamingList || after == 0) {
                Listing listing = store.list(kind);
                after = listing.version();
                sendAll(listing, selection, text, reply);
            } else {
                store.requireKnown(after);
            }
            if (streamingList) {
                writeBookmark(text, kind, after, Map.of("k8s.io/initial-events-end", "true"));
                reply.piece(text);
            }
            follow(kind, after, new Pace(seconds(request), bookmarks), selection, reply);
        } catch (CompactedException e) {
            text.append("{\"type\":\"ERROR\",\"object\":");
            text.append(HollowReply.failureText(410, "Expired", COMPACTED)).append("}\n");
            reply.piece(text);
        }
        reply.end();
    }

    private static long seconds(HollowRequest request) {
        String text = request.parameter("timeoutSeconds");
        return text.matches("[1-9][0-9]{0,5}") ? Long.parseLong(text) : WATCH_SECONDS_MAX;
    }

    /**
     * How long a watch lasts and whether it has bookmarks.
     *
     * <p>Immutable.
     */
    private record Pace(long seconds, boolean bookmarks) {}

    private static void sendAll(Listing listing, Selection selection, StringBuilder text, HollowReply reply)
            throws IOException {
        for (Versioned item : listing.items()) {
            if (selection.holds(item.object())) {
                writeEvent(text, "ADDED", item);
                if (text.length() > PIECE_CHARS) {
                    reply.piece(text);
                }
            }
        }
        reply.piece(text);
    }

    private void follow(HollowKind kind, long after, Pace pace, Selection selection, HollowReply reply)
            throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(pace.seconds());
        long position = after;
        while (System.nanoTime() - end < 0) {
            long until = System.nanoTime() + Math.min(BOOKMARK_NANOS, end - System.nanoTime());
            Batch batch = store.await(kind, position, until);
            position = batch.position();
            for (Event event : batch.events()) {
                if (selection.holds(event.state().object())) {
                    writeEvent(text, event.verb().name(), event.state());
                }
            }
            // Only when nothing is held back does the position say that all before it was told.
            if (batch.events().isEmpty() && pace.bookmarks()) {
                writeBookmark(text, kind, position, Map.of());
            }
            reply.piece(text);
        }
    }

    private static void writeEvent(StringBuilder text, String type, Versioned item) {
        text.append("{\"type\":\"").append(type).append("\",\"object\":");
        HollowJson.writeTyped(text, item.object(), item.version());
        text.append("}\n");
    }

    private static void writeBookmark(
            StringBuilder text, HollowKind kind, long version, Map<String, String> annotations) {
        text.append("{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"").append(kind.kind());
        text.append("\",\"apiVersion\":\"").append(kind.apiVersion());
        text.append("\",\"metadata\":{\"resourceVersion\":\"").append(version).append('"');
        new HashMap<>(annotations)
                .forEach((key, value) -> text.append(",\"annotations\":{\"")
                        .append(key)
                        .append("\":\"")
                        .append(value)
                        .append("\"}"));
        text.append("}}}\n");
    }
}
