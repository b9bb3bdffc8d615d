package io.fairlead.cluster.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A list/watch server that keeps the rules of the Kubernetes API: one resource version for everything, pages with
 * continue tokens, watches that start after a version, bookmarks, 410 for what was compacted, selectors that turn a
 * change into a deletion. And it misbehaves when it is told to.
 *
 * <p>Thread-safe.
 */
public final class FakeApiServer implements AutoCloseable {

    public static final String SERVICES = "/api/v1/services";
    public static final String SLICES = "/apis/discovery.k8s.io/v1/endpointslices";
    public static final String NODES = "/api/v1/nodes";
    public static final String SERVICE_CIDRS = "/apis/networking.k8s.io/v1/servicecidrs";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What happened to an object; {@code before} and {@code after} are absent when it is made and deleted. */
    private record Event(String path, long version, ObjectNode before, ObjectNode after) {}

    /** A refusal that waits for requests whose path and query contain a text. */
    private static final class Fault {
        private final String text;
        private final int code;
        private int left;

        Fault(String text, int code, int left) {
            this.text = text;
            this.code = code;
            this.left = left;
        }
    }

    private static final Pattern NAMESPACED = Pattern.compile("(.*)/namespaces/([^/]+)(/[^/]+)");
    private static final Pattern COMMA = Pattern.compile(",");
    private static final Pattern AMPERSAND = Pattern.compile("&");
    private static final ObjectNode NONE = JSON.createObjectNode();

    private final HttpServer server;
    private final Map<String, Map<String, ObjectNode>> objects = new HashMap<>();
    private final List<Event> events = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();
    private final List<String> requests = new ArrayList<>();

    /** Lists that are being paged through, by version. */
    private final Map<String, List<ObjectNode>> pages = new HashMap<>();

    private long version = 1;
    private long compacted;
    private int bookmarks;
    private int hangUps;
    private String token = "";
    private boolean goneByStatus;
    private boolean silent;
    private boolean cutOff;
    private int stallMillis;
    private int openWatches;
    private boolean closed;

    public FakeApiServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        for (String path : List.of(SERVICES, SLICES, NODES, SERVICE_CIDRS)) {
            objects.put(path, new TreeMap<>());
        }
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    // What the cluster does.

    /** Creates or replaces the object that the manifest says; returns the new resource version. */
    public synchronized long put(String path, String json) {
        ObjectNode object = parse(json);
        ObjectNode metadata = object.withObjectProperty("metadata");
        String key = metadata.path("namespace").asText() + "/"
                + metadata.path("name").asText();
        metadata.put("resourceVersion", String.valueOf(++version));
        ObjectNode before = held(path).put(key, object);
        happened(new Event(path, version, before == null ? NONE : before, object));
        return version;
    }

    public synchronized void delete(String path, String key) {
        ObjectNode before = held(path).remove(key);
        if (before == null) {
            throw new AssertionError("no " + key + " in " + path);
        }
        version++;
        happened(new Event(path, version, before, NONE));
    }

    private void happened(Event event) {
        events.add(event);
        notifyAll();
    }

    private Map<String, ObjectNode> held(String path) {
        return objects.computeIfAbsent(path, _ -> new TreeMap<>());
    }

    // How it behaves.

    /** Forgets all events so far: continue tokens and watches from before get 410. */
    public synchronized void compact() {
        version++;
        compacted = version;
        events.clear();
        pages.clear();
        notifyAll();
    }

    /** Sends a bookmark on every watch that asked for them. */
    public synchronized void bookmark() {
        version++;
        bookmarks++;
        notifyAll();
    }

    /** Cuts every open watch in the middle of an event. */
    public synchronized void hangUp() {
        hangUps++;
        notifyAll();
    }

    /** Refuses so many requests whose path and query contain the text. */
    public synchronized void refuse(String text, int code, int times) {
        faults.add(new Fault(text, code, times));
    }

    public synchronized void requireToken(String value) {
        token = value;
    }

    /** Whether a watch of what was compacted is refused with the status 410, or by an ERROR event. */
    public synchronized void goneByStatus(boolean status) {
        goneByStatus = status;
    }

    /** Whether watches send nothing any more, as behind a connection that is dead. */
    public synchronized void silent(boolean value) {
        silent = value;
        notifyAll();
    }

    /** Whether nothing is answered at all, as by a machine that is cut off. */
    public synchronized void cutOff(boolean value) {
        silent = value;
        cutOff = value;
        notifyAll();
    }

    /** Makes each list pause so long in its middle. */
    public synchronized void stallLists(int millis) {
        stallMillis = millis;
        notifyAll();
    }

    public synchronized List<String> requests() {
        return List.copyOf(requests);
    }

    public synchronized int openWatches() {
        return openWatches;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        server.stop(0);
    }

    // How it answers.

    private void answer(HttpExchange exchange) throws IOException {
        awaitConnection();
        String path = exchange.getRequestURI().getPath();
        Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
        Matcher namespaced = NAMESPACED.matcher(path);
        if (exchange.getRequestMethod().equals("GET") && namespaced.matches()) {
            path = namespaced.group(1) + namespaced.group(3);
            query.put("namespace", namespaced.group(2));
        }
        int refusal = refusal(exchange, path, query);
        if (refusal != 0) {
            refuse(exchange, refusal);
        } else if (exchange.getRequestMethod().equals("POST")) {
            create(exchange, path);
        } else if (query.containsKey("watch")) {
            watch(exchange, path, query);
        } else {
            list(exchange, path, query);
        }
    }

    private synchronized void awaitConnection() throws IOException {
        while (cutOff && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    private synchronized int refusal(HttpExchange exchange, String path, Map<String, String> query) {
        String request = path + "?" + query;
        requests.add(request);
        if (!token.isEmpty()
                && !("Bearer " + token).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            return 401;
        }
        for (Fault fault : faults) {
            if (fault.left > 0 && request.contains(fault.text)) {
                fault.left--;
                return fault.code;
            }
        }
        return objects.containsKey(path) || exchange.getRequestMethod().equals("POST") ? 0 : 404;
    }

    private static void refuse(HttpExchange exchange, int code) throws IOException {
        byte[] status = JSON.writeValueAsBytes(status(code));
        exchange.sendResponseHeaders(code, status.length);
        exchange.getResponseBody().write(status);
        exchange.close();
    }

    private static ObjectNode status(int code) {
        return JSON.createObjectNode()
                .put("kind", "Status")
                .put("apiVersion", "v1")
                .put("message", "refused on purpose")
                .put("code", code);
    }

    private void create(HttpExchange exchange, String path) throws IOException {
        ObjectNode object = (ObjectNode) JSON.readTree(exchange.getRequestBody());
        String key = object.path("metadata").path("namespace").asText() + "/"
                + object.path("metadata").path("name").asText();
        synchronized (this) {
            if (held(path).putIfAbsent(key, object) != null) {
                refuse(exchange, 409);
                return;
            }
        }
        exchange.sendResponseHeaders(201, 0);
        try (OutputStream body = exchange.getResponseBody()) {
            body.write(JSON.writeValueAsBytes(object));
        }
    }

    /** What programs created there. */
    public synchronized List<JsonNode> created(String path) {
        return List.copyOf(held(path).values());
    }

    private void list(HttpExchange exchange, String path, Map<String, String> query) throws IOException {
        ObjectNode answer = JSON.createObjectNode().put("kind", "List").put("apiVersion", "v1");
        synchronized (this) {
            int limit = Integer.parseInt(query.getOrDefault("limit", "1000000"));
            String place = query.getOrDefault("continue", version + ":0");
            String at = place.substring(0, place.indexOf(':'));
            String key = path + at;
            if (!query.containsKey("continue")) {
                pages.put(
                        key,
                        held(path).values().stream()
                                .filter(each -> matches(each, query))
                                .toList());
            }
            List<ObjectNode> all = pages.get(key);
            if (all == null) {
                refuse(exchange, 410);
                return;
            }
            int from = Integer.parseInt(place.substring(at.length() + 1));
            int to = Math.min(from + limit, all.size());
            ObjectNode metadata = answer.putObject("metadata").put("resourceVersion", at);
            if (to < all.size()) {
                metadata.put("continue", at + ":" + to).put("remainingItemCount", all.size() - to);
            }
            answer.putArray("items").addAll(all.subList(from, to));
        }
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, 0);
        byte[] bytes = JSON.writeValueAsBytes(answer);
        try (OutputStream body = exchange.getResponseBody()) {
            body.write(bytes, 0, bytes.length / 2);
            body.flush();
            stall();
            body.write(bytes, bytes.length / 2, bytes.length - bytes.length / 2);
        }
    }

    private synchronized void stall() throws IOException {
        long startNanos = System.nanoTime();
        while (!closed && System.nanoTime() - startNanos < stallMillis * 1_000_000L) {
            try {
                wait(10);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    private void watch(HttpExchange exchange, String path, Map<String, String> query) throws IOException {
        boolean gone;
        Place place;
        synchronized (this) {
            place = new Place(Long.parseLong(query.getOrDefault("resourceVersion", "0")), bookmarks, hangUps);
            gone = place.version < compacted;
            if (gone && goneByStatus) {
                refuse(exchange, 410);
                return;
            }
            openWatches++;
        }
        long nanos = Long.parseLong(query.getOrDefault("timeoutSeconds", "60")) * 1_000_000_000;
        long endNanos = System.nanoTime() + nanos;
        try {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().flush();
            if (gone) {
                send(exchange, "ERROR", status(410));
            }
            while (!gone && news(path, place, endNanos)) {
                place = sendNews(exchange, path, query, place);
            }
            exchange.close();
        } finally {
            synchronized (this) {
                openWatches--;
            }
        }
    }

    /** How far a watch has come. */
    private record Place(long version, int bookmarks, int hangUps) {}

    /** Waits until there is something for this watch; false if it is to end. */
    private synchronized boolean news(String path, Place place, long endNanos) throws IOException {
        while (!closed && System.nanoTime() < endNanos) {
            boolean event = events.stream().anyMatch(each -> each.path.equals(path) && each.version > place.version);
            if (hangUps > place.hangUps || !silent && (event || bookmarks > place.bookmarks)) {
                return true;
            }
            try {
                wait(100);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
        return false;
    }

    private Place sendNews(HttpExchange exchange, String path, Map<String, String> query, Place place)
            throws IOException {
        List<Event> fresh;
        Place now;
        synchronized (this) {
            fresh = events.stream()
                    .filter(each -> each.path.equals(path) && each.version > place.version)
                    .toList();
            now = new Place(version, bookmarks, hangUps);
        }
        if (now.hangUps > place.hangUps) {
            exchange.getResponseBody().write("{\"type\":\"ADDED\",\"obj".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            throw new IOException("hung up on purpose");
        }
        for (Event event : fresh) {
            send(exchange, event, query);
        }
        if (now.bookmarks > place.bookmarks && query.containsKey("allowWatchBookmarks")) {
            ObjectNode object = JSON.createObjectNode();
            object.putObject("metadata").put("resourceVersion", String.valueOf(now.version));
            send(exchange, "BOOKMARK", object);
        }
        return now;
    }

    /** An object that begins or ends to match the selectors looks made or deleted. */
    private static void send(HttpExchange exchange, Event event, Map<String, String> query) throws IOException {
        boolean was = !event.before.equals(NONE) && matches(event.before, query);
        boolean is = !event.after.equals(NONE) && matches(event.after, query);
        if (is) {
            send(exchange, was ? "MODIFIED" : "ADDED", event.after);
        } else if (was) {
            ObjectNode last = event.before.deepCopy();
            last.withObjectProperty("metadata").put("resourceVersion", String.valueOf(event.version));
            send(exchange, "DELETED", last);
        }
    }

    private static void send(HttpExchange exchange, String type, ObjectNode object) throws IOException {
        ObjectNode event = JSON.createObjectNode().put("type", type).set("object", object);
        OutputStream body = exchange.getResponseBody();
        body.write((JSON.writeValueAsString(event) + "\n").getBytes(StandardCharsets.UTF_8));
        body.flush();
    }

    /** Knows "label absent" and field selectors, which is what our programs use. */
    private static boolean matches(ObjectNode object, Map<String, String> query) {
        for (String term :
                COMMA.splitAsStream(query.getOrDefault("labelSelector", "")).toList()) {
            if (!term.isEmpty() && term.charAt(0) != '!') {
                throw new AssertionError("unknown selector " + term);
            }
            if (!term.isEmpty() && object.path("metadata").path("labels").has(term.substring(1))) {
                return false;
            }
        }
        JsonNode namespace = object.path("metadata").path("namespace");
        if (!query.getOrDefault("namespace", namespace.asText()).equals(namespace.asText())) {
            return false;
        }
        return COMMA.splitAsStream(query.getOrDefault("fieldSelector", ""))
                .allMatch(term -> term.isEmpty() || hasField(object, term));
    }

    private static boolean hasField(ObjectNode object, String term) {
        int at = term.indexOf('=');
        boolean not = term.charAt(at - 1) == '!';
        String field = "/" + term.substring(0, not ? at - 1 : at).replace('.', '/');
        return not != object.at(field).asText().equals(term.substring(at + 1));
    }

    private static Map<String, String> query(String raw) {
        Map<String, String> query = new TreeMap<>();
        for (String pair : AMPERSAND.splitAsStream(String.valueOf(raw)).toList()) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                query.put(
                        pair.substring(0, equals),
                        URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return query;
    }

    private static ObjectNode parse(String json) {
        try {
            return (ObjectNode) JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
