package io.fairlead.runtime.http;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One connection: reads a request, has it answered, sends the reply.
 *
 * <p>Confined to the thread of the connection.
 */
final class HttpExchange {

    private static final Logger LOG = System.getLogger(HttpExchange.class.getName());
    private static final int DRAINED_BYTES_MAX = 64 * 1024;
    private static final String HEAD_END = "\r\n\r\n";

    private final SocketChannel channel;
    private final Map<String, HttpHandler> handlers;
    private final HttpLimits limits;
    private final Set<String> hosts;

    HttpExchange(SocketChannel channel, Map<String, HttpHandler> handlers, HttpLimits limits, Set<String> hosts) {
        this.channel = channel;
        this.handlers = handlers;
        this.limits = limits;
        this.hosts = hosts;
    }

    /** Serves the connection; returns when it can be closed. */
    void serve() throws IOException {
        RequestHead head;
        try (Deadline _ = Deadline.closing(channel, limits.requestTimeout())) {
            Optional<String> text = readHead();
            if (text.isEmpty()) {
                return;
            }
            head = text.get().length() > limits.headBytesMax()
                    ? new RequestHead.Refused(431, "the request is longer than " + limits.headBytesMax() + " bytes")
                    : RequestHead.parse(text.get(), hosts);
        }
        try (Deadline deadline = Deadline.closing(channel, limits.replyTimeout())) {
            switch (head) {
                case RequestHead.Refused refused -> {
                    refuse(channel, refused.status(), refused.reason());
                    drain();
                }
                case RequestHead.Understood understood -> answer(understood, deadline);
            }
        }
    }

    /** The head without its end; longer than allowed if it is longer than allowed; nothing if the client went away. */
    private Optional<String> readHead() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(limits.headBytesMax() + 1);
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
            String head = new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
            int end = head.indexOf(HEAD_END);
            if (end >= 0) {
                return Optional.of(head.substring(0, end));
            }
            if (!bytes.hasRemaining()) {
                return Optional.of(head);
            }
        }
        return Optional.empty();
    }

    /**
     * Reads what the client still sends, up to a limit: closing before would reset the connection and could take the
     * reply from the client (RFC 9112 section 9.6).
     */
    private void drain() throws IOException {
        channel.shutdownOutput();
        ByteBuffer bytes = ByteBuffer.allocate(limits.headBytesMax());
        for (int left = DRAINED_BYTES_MAX; left > 0 && channel.read(bytes.clear()) >= 0; ) {
            left -= bytes.position();
        }
    }

    private void answer(RequestHead.Understood head, Deadline deadline) throws IOException {
        HttpHandler handler = handlers.getOrDefault(head.path(), handlers.get(HttpServer.ANY_PATH));
        if (handler == null) {
            String pages = String.join(" ", new TreeSet<>(handlers.keySet()));
            refuse(channel, head.body(), 404, "no such page; there are " + pages);
            return;
        }
        ReplyStream started = null;
        try {
            HttpReply reply = handler.handle(new HttpRequest(head.path(), head.parameters(), overIpv6()));
            started = new ReplyStream(channel, head(reply), head.body(), head.chunks());
            if (reply.live()) {
                deadline.close();
                sendLive(started, reply.body());
            } else {
                send(started, reply.body());
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "page " + head.path() + " failed", e);
            if (started != null && started.started()) {
                throw new IOException("reply cut off", e);
            }
            refuse(channel, head.body(), 500, "the page failed; the log of the process says why");
        }
    }

    /** An IPv4 client of a socket that serves both families has an IPv4 address in Java. */
    private boolean overIpv6() throws IOException {
        return channel.getLocalAddress() instanceof InetSocketAddress local
                && local.getAddress() instanceof Inet6Address;
    }

    static void refuse(SocketChannel channel, int status, String reason) throws IOException {
        refuse(channel, true, status, reason);
    }

    private static void refuse(SocketChannel channel, boolean body, int status, String reason) throws IOException {
        HttpReply reply = HttpReply.text(status, reason + "\n");
        send(new ReplyStream(channel, head(reply), body, true), reply.body());
    }

    private static void send(ReplyStream stream, HttpReply.Body body) throws IOException {
        BufferedWriter text = new BufferedWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8));
        body.writeTo(text);
        text.flush();
        stream.finish();
    }

    private void sendLive(ReplyStream stream, HttpReply.Body body) throws IOException {
        // A client that leaves shows by the end of what it sends.
        Thread.ofVirtual().name("http client's end").start(this::closeAtEnd);
        body.writeTo(new LiveText(stream, channel));
        stream.finish();
    }

    private void closeAtEnd() {
        try (SocketChannel ending = channel) {
            ByteBuffer ignored = ByteBuffer.allocate(limits.headBytesMax());
            while (ending.read(ignored.clear()) >= 0) {
                // What it still sends means nothing.
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "the client of a live page left: {0}", e);
        }
    }

    private static String head(HttpReply reply) {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + reply.status() + " " + reason(reply.status())
                + "\r\nContent-Type: " + reply.contentType()
                + "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n"
                + (reply.status() == 405 ? "Allow: GET, HEAD, OPTIONS\r\n" : ""));
        reply.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        return head.toString();
    }

    private static String reason(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 400 -> "Bad Request";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 421 -> "Misdirected Request";
            case 431 -> "Request Header Fields Too Large";
            case 500 -> "Internal Server Error";
            case 503 -> "Service Unavailable";
            default -> "Other";
        };
    }
}
