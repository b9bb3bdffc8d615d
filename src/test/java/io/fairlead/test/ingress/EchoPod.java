package io.fairlead.test.ingress;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * A server as a Pod has one: on an address of its own, it answers each request with what it got ({@link Echo}).
 *
 * <p>Paths that end otherwise ask for more: {@code .../down/BYTES} gives as much of {@link Bulk}, {@code
 * .../slow/PIECES/MILLIS} gives pieces of 1 KiB with pauses between them. The field {@code Echo-Form} asks for another
 * form of the answer, see {@link Form}; the field {@code Test-Id} comes back in the answer's head. A WebSocket gets its messages back.
 *
 * <p>Thread-safe.
 */
final class EchoPod implements AutoCloseable {

    static final int PORT = 9000;
    static final int SLOW_PIECE_BYTES = 1024;

    private static final int BACKLOG = 1024;
    private static final int KEPT_MAX = 1 << 16;

    /** How an echo is sent. Immutable. */
    enum Form {
        SIZED,
        CHUNKED,
        TRAILERS,
        UNTIL_CLOSE,
        NO_CONTENT,
        NOT_MODIFIED,
        CREATED,
        EARLY_HINTS,
        CLOSING;

        static Form of(Wire.Message request) {
            String asked = request.field("Echo-Form");
            return asked.isEmpty()
                    ? SIZED
                    : valueOf(asked.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }

    private final String name;
    private final ServerSocket listener;
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Map<String, Wire.Message> seen = new ConcurrentHashMap<>();
    private volatile boolean ending;

    private EchoPod(String name, ServerSocket listener) {
        this.name = name;
        this.listener = listener;
    }

    /** @param name of the Pod, which each answer begins with */
    static EchoPod start(String name) {
        try {
            ServerSocket listener = new ServerSocket();
            listener.bind(new InetSocketAddress(Loopback.next(), PORT), BACKLOG);
            EchoPod pod = new EchoPod(name, listener);
            Thread.ofVirtual().name("pod " + name).start(pod::accept);
            return pod;
        } catch (IOException e) {
            throw new UncheckedIOException("Pod " + name, e);
        }
    }

    String name() {
        return name;
    }

    String address() {
        return listener.getInetAddress().getHostAddress();
    }

    /** Connections so far. */
    int accepted() {
        return accepted.get();
    }

    /** Requests so far. */
    int requests() {
        return requests.get();
    }

    /** Connections that are open. */
    int connections() {
        return open.size();
    }

    /** The last request whose field {@code Test-Id} was this; it is forgotten with that. */
    Wire.Message taken(String testId, Supplier<String> context) {
        Wire.Message request = seen.remove(testId);
        if (request == null) {
            throw new AssertionError("request " + testId + " did not come: " + context.get());
        }
        return request;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                accepted.incrementAndGet();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket;
                InputStream in = new BufferedInputStream(socket.getInputStream(), KEPT_MAX);
                OutputStream out = new BufferedOutputStream(socket.getOutputStream())) {
            Wire wire = new Wire(in, KEPT_MAX);
            boolean goesOn = true;
            while (goesOn) {
                Wire.Message head = wire.head();
                if (head == null) {
                    return;
                }
                inFlight.incrementAndGet();
                requests.incrementAndGet();
                try {
                    goesOn = answer(head, wire, in, out);
                    out.flush();
                } finally {
                    inFlight.decrementAndGet();
                }
            }
        } catch (IOException ended) {
            // The proxy closed it.
        } finally {
            open.remove(socket);
        }
    }

    /** Whether the connection goes on. */
    private boolean answer(Wire.Message head, Wire wire, InputStream in, OutputStream out) throws IOException {
        if (head.field("Upgrade").equalsIgnoreCase("websocket")) {
            WebSocketEcho.serve(head, in, out);
            return false;
        }
        if (head.field("Expect").equalsIgnoreCase("100-continue")) {
            send(out, "HTTP/1.1 100 Continue\r\n\r\n");
            out.flush();
        }
        Wire.Message request = head.with(wire.ofRequest(head));
        if (head.has("Test-Id")) {
            seen.put(head.field("Test-Id"), request);
        }
        String[] line = head.startLine().split(" ", -1);
        List<String> path = List.of(line[1].replaceFirst("\\?.*", "").split("/", -1));
        boolean closes = ending || head.field("Connection").equalsIgnoreCase("close");
        String common = "Server: echo/1\r\nDate: Fri, 01 Jan 2027 00:00:00 GMT\r\nX-Pod: " + name + "\r\n"
                + (head.has("Test-Id") ? "Test-Id: " + head.field("Test-Id") + "\r\n" : "")
                + (closes ? "Connection: close\r\n" : "");
        if (path.size() > 2 && path.get(path.size() - 2).equals("down")) {
            down(Long.parseLong(path.getLast()), common, out);
        } else if (path.size() > 3 && path.get(path.size() - 3).equals("slow")) {
            int pieces = Integer.parseInt(path.get(path.size() - 2));
            slow(pieces, Integer.parseInt(path.getLast()), common, out);
        } else {
            boolean ends = echo(request, line[0].equals("HEAD"), common, out);
            return !ends && !closes;
        }
        return !closes;
    }

    private static void send(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void down(long bytes, String common, OutputStream out) throws IOException {
        send(out, "HTTP/1.1 200 OK\r\n" + common + "Content-Length: " + bytes + "\r\n\r\n");
        Bulk.write(out, bytes);
    }

    private static void slow(int pieces, int millis, String common, OutputStream out) throws IOException {
        send(out, "HTTP/1.1 200 OK\r\n" + common + "Content-Length: " + pieces * SLOW_PIECE_BYTES + "\r\n\r\n");
        for (int i = 0; i < pieces; i++) {
            out.write(new byte[SLOW_PIECE_BYTES]);
            out.flush();
            LockSupport.parkNanos(millis * 1_000_000L);
        }
    }

    /** Whether the connection ends with it. */
    private boolean echo(Wire.Message request, boolean toHead, String common, OutputStream out) throws IOException {
        byte[] text = Echo.text(name, request).getBytes(StandardCharsets.ISO_8859_1);
        Form form = Form.of(request);
        String type = "Content-Type: text/plain\r\n";
        String sized = type + "Content-Length: " + text.length + "\r\n\r\n";
        String chunked = type + "Transfer-Encoding: chunked\r\n";
        String head = switch (form) {
            case SIZED -> "HTTP/1.1 200 OK\r\n" + common + sized;
            case CREATED -> "HTTP/1.1 201 Made as asked\r\nLocation: /here?there\r\n" + common + sized;
            case EARLY_HINTS ->
                "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\nHTTP/1.1 200 OK\r\n" + common + sized;
            case CHUNKED -> "HTTP/1.1 200 OK\r\n" + common + chunked + "\r\n";
            case TRAILERS -> "HTTP/1.1 200 OK\r\n" + common + chunked + "Trailer: Echo-Sum\r\n\r\n";
            case UNTIL_CLOSE -> "HTTP/1.1 200 OK\r\n" + common + type + "\r\n";
            case CLOSING -> "HTTP/1.1 200 OK\r\nConnection: close\r\n" + common + sized;
            case NO_CONTENT -> "HTTP/1.1 204 No Content\r\n" + common + "\r\n";
            case NOT_MODIFIED -> "HTTP/1.1 304 Not Modified\r\n" + common + "ETag: \"1\"\r\n\r\n";
        };
        send(out, head);
        boolean without = toHead || form == Form.NO_CONTENT || form == Form.NOT_MODIFIED;
        if (!without) {
            switch (form) {
                case CHUNKED, TRAILERS -> {
                    int half = text.length / 2;
                    chunk(out, text, 0, half);
                    chunk(out, text, half, text.length - half);
                    send(out, "0\r\n" + (form == Form.TRAILERS ? "Echo-Sum: 7\r\n" : "") + "\r\n");
                }
                default -> out.write(text);
            }
        }
        return form == Form.UNTIL_CLOSE || form == Form.CLOSING;
    }

    private static void chunk(OutputStream out, byte[] text, int from, int length) throws IOException {
        send(out, Integer.toHexString(length) + "\r\n");
        out.write(text, from, length);
        send(out, "\r\n");
    }

    /** From now on it ends each connection with the answer under way. */
    void beginEnd() {
        ending = true;
    }

    /** Ends at once, as a process does that is killed. */
    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
