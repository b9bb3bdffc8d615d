package io.fairlead.cluster.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.TreeMap;

/**
 * A server that keeps objects as the Kubernetes API does: lists of one by name, creation, merge patches that name a
 * version or none, and steps of which the first is a test.
 *
 * <p>Thread-safe.
 */
final class ObjectServer implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final TreeMap<String, ObjectNode> objects = new TreeMap<>();
    private long version = 100;
    private int refusal;

    ObjectServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    /** Answers everything with this status; 0 for none. */
    synchronized void refuse(int code) {
        refusal = code;
    }

    /** The object at a path; an empty one if there is none. */
    synchronized ObjectNode at(String path) {
        return objects.getOrDefault(path, JSON.createObjectNode());
    }

    synchronized void put(String path, String json) {
        try {
            store(path, (ObjectNode) JSON.readTree(json));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void store(String path, ObjectNode object) {
        object.withObjectProperty("metadata").put("resourceVersion", Long.toString(++version));
        objects.put(path, object);
    }

    private synchronized void answer(HttpExchange exchange) throws IOException {
        ObjectNode answer = JSON.createObjectNode().put("message", "as it is");
        int code = refusal != 0 ? refusal : handle(exchange, answer);
        byte[] bytes = JSON.writeValueAsBytes(answer);
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private int handle(HttpExchange exchange, ObjectNode answer) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        if (exchange.getRequestMethod().equals("GET")) {
            JsonNode found = at(path + "/" + query.replace("fieldSelector=metadata.name=", ""));
            if (!found.isEmpty()) {
                answer.putArray("items").add(found);
            }
            return 200;
        }
        JsonNode body = JSON.readTree(exchange.getRequestBody());
        if (exchange.getRequestMethod().equals("POST")) {
            return create(path + "/" + body.path("metadata").path("name").asText(), (ObjectNode) body);
        }
        String name = path.replaceAll("/status$", "");
        if (!objects.containsKey(name)) {
            return 404;
        }
        boolean steps = exchange.getRequestHeaders().getFirst("Content-Type").startsWith("application/json-patch");
        return steps ? steps(name, body) : merge(name, body);
    }

    private int create(String path, ObjectNode object) {
        if (objects.containsKey(path)) {
            return 409;
        }
        store(path, object);
        return 201;
    }

    private int merge(String path, JsonNode patch) {
        ObjectNode object = at(path).deepCopy();
        String wanted = patch.path("metadata").path("resourceVersion").asText();
        if (!wanted.isEmpty()
                && !wanted.equals(
                        object.path("metadata").path("resourceVersion").asText())) {
            return 409;
        }
        merge(object, patch);
        store(path, object);
        return 200;
    }

    /** RFC 7396, but that nothing is removed. */
    private static void merge(ObjectNode object, JsonNode patch) {
        patch.properties().forEach(entry -> {
            if (entry.getValue() instanceof ObjectNode part) {
                merge(object.withObjectProperty(entry.getKey()), part);
            } else {
                object.set(entry.getKey(), entry.getValue());
            }
        });
    }

    private int steps(String path, JsonNode steps) {
        ObjectNode object = at(path).deepCopy();
        JsonNode test = steps.path(0);
        if (!object.at(test.path("path").asText()).equals(test.path("value"))) {
            return 422;
        }
        String pointer = steps.path(1).path("path").asText();
        int last = pointer.lastIndexOf('/');
        ((ObjectNode) object.at(pointer.substring(0, last))).remove(pointer.substring(last + 1));
        store(path, object);
        return 200;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
