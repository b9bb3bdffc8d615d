package io.fairlead.ingress.proxy;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A backend that does to each of its connections what a test says.
 *
 * <p>Thread-safe.
 */
final class ScriptedBackend implements AutoCloseable {

    /** What is done to a connection; it is closed afterwards. Called on a thread of its own. */
    interface Script {
        void run(Connection connection) throws IOException;
    }

    private final ServerSocket listener;
    private final InetSocketAddress address;
    private final Script script;
    private final AtomicInteger accepted = new AtomicInteger();
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    private ScriptedBackend(ServerSocket listener, Script script) {
        this.listener = listener;
        address = new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
        this.script = script;
    }

    static ScriptedBackend start(Script script) {
        try {
            ScriptedBackend backend =
                    new ScriptedBackend(new ServerSocket(0, 512, InetAddress.getLoopbackAddress()), script);
            Thread.ofVirtual().start(backend::accept);
            return backend;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Answers each request with this text, as long as the connection lives. */
    static ScriptedBackend answering(String answer) {
        return start(connection -> {
            while (connection.readHead()) {
                connection.readBody();
                connection.send(answer);
            }
        });
    }

    /** Answers each request with its own head as the content. */
    static ScriptedBackend echoingHeads() {
        return start(connection -> {
            while (connection.readHead()) {
                connection.readBody();
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: "
                        + connection.head().length() + "\r\n\r\n" + connection.head());
            }
        });
    }

    /** Answers each request with its own content, framed as it came. */
    static ScriptedBackend echoingContent() {
        return start(connection -> {
            while (connection.readHead()) {
                String content = new String(connection.readBody(), StandardCharsets.ISO_8859_1);
                boolean chunked = !connection.field("transfer-encoding").isEmpty();
                String framing = chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + content.length();
                connection.send("HTTP/1.1 200 OK\r\n" + framing + "\r\n\r\n" + content);
            }
        });
    }

    InetSocketAddress address() {
        return address;
    }

    /** Connections so far. */
    int accepted() {
        return accepted.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                accepted.incrementAndGet();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            script.run(new Connection(socket, accepted.get()));
        } catch (IOException ended) {
            // The proxy closed it.
        } finally {
            open.remove(socket);
        }
    }

    private boolean isListening() {
        try (Socket socket = new Socket()) {
            socket.connect(address());
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            // The thread that accepts may hold the listener for another moment.
            while (isListening()) {
                Thread.onSpinWait();
            }
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A connection of the proxy's.
     *
     * <p>Confined to the thread of its script.
     */
    static final class Connection {

        private final Socket socket;
        private final InputStream in;
        private final int number;
        private String head = "";

        Connection(Socket socket, int number) throws IOException {
            this.socket = socket;
            this.number = number;
            in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
        }

        /** Which connection it is, from 1. */
        int number() {
            return number;
        }

        Socket socket() {
            return socket;
        }

        InputStream in() {
            return in;
        }

        /** Reads a head; false if the connection ended instead. */
        boolean readHead() throws IOException {
            StringBuilder text = new StringBuilder();
            while (text.indexOf("\r\n\r\n") < 0) {
                int b = in.read();
                if (b < 0) {
                    return false;
                }
                text.append((char) b);
            }
            head = text.toString();
            return true;
        }

        String head() {
            return head;
        }

        /** The value of a field of the head, or an empty text. */
        String field(String name) throws IOException {
            BufferedReader lines = new BufferedReader(new StringReader(head));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.toLowerCase(Locale.ROOT).startsWith(name + ":")) {
                    return line.substring(name.length() + 1).strip();
                }
            }
            return "";
        }

        /** Reads the content behind the head, with its chunks if it has any. */
        byte[] readBody() throws IOException {
            if (!field("content-length").isEmpty()) {
                return in.readNBytes(Integer.parseInt(field("content-length")));
            }
            if (field("transfer-encoding").isEmpty()) {
                return new byte[0];
            }
            StringBuilder text = new StringBuilder();
            while (!text.toString().startsWith("0\r\n") && text.indexOf("\r\n0\r\n") < 0
                    || !text.toString().endsWith("\r\n\r\n")) {
                int b = in.read();
                if (b < 0) {
                    throw new EOFException("the connection ended within chunked content");
                }
                text.append((char) b);
            }
            return text.toString().getBytes(StandardCharsets.ISO_8859_1);
        }

        void send(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        }
    }
}
