package io.fairlead.ingress.proxy;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A client that sends exactly the bytes that a test gives.
 *
 * <p>Confined to the test thread.
 */
final class RawClient implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 10_000;

    private final Socket socket;
    private final InputStream in;

    /**
     * An answer as it came.
     *
     * <p>Immutable.
     *
     * @param head with its empty line
     * @param body as it came, chunks included
     */
    record Answer(String head, String body) {

        int status() {
            return Integer.parseInt(head.substring(9, 12));
        }

        /** The value of a field, or an empty text. */
        String field(String name) {
            Matcher found = Pattern.compile("(?im)^" + Pattern.quote(name) + ": *(.*?) *$")
                    .matcher(head);
            return found.find() ? found.group(1) : "";
        }
    }

    RawClient(InetSocketAddress address) {
        try {
            socket = new Socket();
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(address);
            in = new BufferedInputStream(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The head of a message, of its lines. */
    static String head(String... lines) {
        return String.join("\r\n", lines) + "\r\n\r\n";
    }

    RawClient send(String text) {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawClient send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Socket socket() {
        return socket;
    }

    /** Bytes that came and were not read yet. */
    int available() {
        try {
            return in.available();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    InputStream in() {
        return in;
    }

    /** The answer to a request other than HEAD. */
    Answer answer() {
        return answer(true);
    }

    /** The answer's head, for a request whose answer has no content. */
    Answer answerToHead() {
        return answer(false);
    }

    private Answer answer(boolean hasBody) {
        String head = until("\r\n\r\n");
        String lower = head.toLowerCase(Locale.ROOT);
        Matcher length = Pattern.compile("content-length: *([0-9]+)").matcher(lower);
        String status = head.substring(9, 12);
        if (!hasBody || status.startsWith("1") || status.equals("204") || status.equals("304")) {
            return new Answer(head, "");
        }
        if (length.find()) {
            return new Answer(head, read(Integer.parseInt(length.group(1))));
        }
        return new Answer(head, lower.contains("transfer-encoding: chunked") ? chunks() : rest());
    }

    private String chunks() {
        StringBuilder all = new StringBuilder();
        while (true) {
            String size = until("\r\n");
            all.append(size);
            int bytes = Integer.parseInt(size.strip(), 16);
            if (bytes == 0) {
                String line;
                do {
                    line = until("\r\n");
                    all.append(line);
                } while (line.length() > 2);
                return all.toString();
            }
            all.append(read(bytes)).append(until("\r\n"));
        }
    }

    private String read(int bytes) {
        try {
            return new String(in.readNBytes(bytes), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that comes until the connection ends. */
    String rest() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            in.transferTo(all);
        } catch (IOException e) {
            throw new UncheckedIOException("after " + all, e);
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    private String until(String end) {
        StringBuilder text = new StringBuilder();
        try {
            while (text.indexOf(end) < 0) {
                int b = in.read();
                if (b < 0) {
                    throw new AssertionError("the connection ended after: " + text);
                }
                text.append((char) b);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("after " + text, e);
        }
        return text.toString();
    }

    /** Whether the other side ended the connection, and sent nothing more. */
    boolean isEnded() {
        try {
            return in.read() < 0;
        } catch (IOException reset) {
            return true;
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
