package io.fairlead.ingress.proxy;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * One end of a connection of HTTP/2, which sends exactly the frames that a test gives.
 *
 * <p>Confined to one thread.
 */
final class H2Wire implements AutoCloseable {

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PUSH_PROMISE = 5;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 1;
    static final int ACK = 1;
    static final int END_HEADERS = 4;
    static final int PADDED = 8;

    static final byte[] NOTHING = {};
    static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    private static final int PAYLOAD_MAX = 16 * 1024;
    private static final int TIMEOUT_MILLIS = 10_000;

    private final Socket socket;
    private final DataInputStream in;
    private final DefaultHttp2HeadersDecoder fields = new DefaultHttp2HeadersDecoder(false, 1 << 20);

    /**
     * A frame as it came.
     *
     * <p>Immutable.
     */
    @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
    record Frame(int type, int flags, int stream, byte[] payload) {

        boolean is(int wanted, int onStream) {
            return type == wanted && stream == onStream;
        }

        boolean endsStream() {
            return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        }

        String text() {
            return new String(payload, StandardCharsets.ISO_8859_1);
        }

        int number(int at) {
            return ByteBuffer.wrap(payload).getInt(at);
        }
    }

    /**
     * What became of a stream.
     *
     * <p>Immutable.
     *
     * @param heads the text of all blocks but trailers, one field in a line
     * @param end "END", "RST ...", "GOAWAY ..." or "CLOSED"
     */
    record Answer(String heads, String content, String trailers, String end) {

        int status() {
            int at = heads.lastIndexOf(":status: ");
            return at < 0 ? 0 : Integer.parseInt(heads.substring(at + 9, at + 12));
        }

        /** The status of a complete answer, or how the stream ended. */
        String outcome() {
            return end.equals("END") ? Integer.toString(status()) : end;
        }
    }

    H2Wire(Socket socket) {
        try {
            this.socket = socket;
            socket.setSoTimeout(TIMEOUT_MILLIS);
            in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static H2Wire connect(InetSocketAddress address) {
        return connectSilently(address).raw(PREFACE).send(SETTINGS, 0, 0, NOTHING);
    }

    /** Without a preface. */
    static H2Wire connectSilently(InetSocketAddress address) {
        try {
            Socket socket = new Socket();
            socket.setTcpNoDelay(true);
            socket.connect(address);
            return new H2Wire(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The other end of a proxy's connection, whose preface is read and answered. */
    static H2Wire accept(ScriptedBackend.Connection connection) throws IOException {
        H2Wire wire = new H2Wire(connection.socket());
        wire.in.readFully(new byte[PREFACE.length()]);
        return wire.send(SETTINGS, 0, 0, NOTHING);
    }

    Socket socket() {
        return socket;
    }

    // Sending.

    H2Wire raw(String text) {
        return raw(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    H2Wire raw(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    H2Wire send(int type, int flags, int stream, byte[] payload) {
        return raw(frame(type, flags, stream, payload));
    }

    static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .putInt(payload.length << 8 | type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    /** A setting, for the payload of SETTINGS. */
    static byte[] setting(int id, int value) {
        return ByteBuffer.allocate(6).putShort((short) id).putInt(value).array();
    }

    /** @param lines "name: value" */
    H2Wire headers(int stream, boolean end, String... lines) {
        byte[] block = block(lines);
        int first = Math.min(block.length, PAYLOAD_MAX);
        int last = first == block.length ? END_HEADERS : 0;
        send(HEADERS, last | (end ? END_STREAM : 0), stream, Arrays.copyOf(block, first));
        for (int at = first; at < block.length; at += PAYLOAD_MAX) {
            int to = Math.min(block.length, at + PAYLOAD_MAX);
            send(CONTINUATION, to == block.length ? END_HEADERS : 0, stream, Arrays.copyOfRange(block, at, to));
        }
        return this;
    }

    /** A complete GET, or the start of a POST, with these further fields. */
    H2Wire get(int stream, String path) {
        return headers(stream, true, ":method: GET", ":scheme: http", ":authority: shop.example.com", ":path: " + path);
    }

    H2Wire post(int stream, String... lines) {
        String[] all = new String[lines.length + 4];
        all[0] = ":method: POST";
        all[1] = ":scheme: http";
        all[2] = ":authority: shop.example.com";
        all[3] = ":path: /";
        System.arraycopy(lines, 0, all, 4, lines.length);
        return headers(stream, false, all);
    }

    H2Wire data(int stream, boolean end, String content) {
        return send(DATA, end ? END_STREAM : 0, stream, content.getBytes(StandardCharsets.ISO_8859_1));
    }

    H2Wire window(int stream, int increment) {
        return send(WINDOW_UPDATE, 0, stream, number(increment));
    }

    /** Literals without a table and without Huffman's code. */
    static byte[] block(String... lines) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String line : lines) {
            int colon = line.indexOf(": ", 1);
            out.write(0);
            string(out, line.substring(0, colon));
            string(out, line.substring(colon + 2));
        }
        return out.toByteArray();
    }

    private static void string(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.length < 127) {
            out.write(bytes.length);
        } else {
            out.write(127);
            int rest = bytes.length - 127;
            for (; rest >= 128; rest >>>= 7) {
                out.write(rest & 127 | 128);
            }
            out.write(rest);
        }
        out.writeBytes(bytes);
    }

    // Receiving.

    /** The next frame; one of a type that there is not if the connection ended. */
    Frame next() {
        try {
            int word = in.readInt();
            int flags = in.readUnsignedByte();
            int stream = in.readInt();
            byte[] payload = new byte[word >>> 8];
            in.readFully(payload);
            return new Frame(word & 0xff, flags, stream, payload);
        } catch (EOFException | SocketException ended) {
            return new Frame(-1, 0, 0, NOTHING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next frame of this type, or the end. */
    Frame next(int type) {
        Frame frame = next();
        while (frame.type() != type && frame.type() >= 0) {
            frame = next();
        }
        return frame;
    }

    /** All of a stream until it ends, or the connection does. */
    Answer answer(int stream) {
        StringBuilder heads = new StringBuilder();
        StringBuilder content = new StringBuilder();
        String trailers = "";
        while (true) {
            Frame frame = next();
            if (frame.type() < 0) {
                return new Answer(heads.toString(), content.toString(), trailers, "CLOSED");
            }
            if (frame.type() == GOAWAY) {
                return new Answer(heads.toString(), content.toString(), trailers, "GOAWAY " + error(frame.number(4)));
            }
            if (frame.is(RST_STREAM, stream)) {
                return new Answer(heads.toString(), content.toString(), trailers, "RST " + error(frame.number(0)));
            }
            if (frame.type() == HEADERS) {
                String text = text(frame);
                boolean ours = frame.stream() == stream;
                trailers = ours && !content.isEmpty() ? text : trailers;
                heads.append(ours && content.isEmpty() ? text : "");
            }
            if (frame.is(DATA, stream)) {
                content.append(frame.text());
            }
            if (frame.stream() == stream && frame.endsStream()) {
                return new Answer(heads.toString(), content.toString(), trailers, "END");
            }
        }
    }

    /** The fields of a whole block, one in a line. */
    String text(Frame headers) {
        try {
            return StreamSupport.stream(
                            fields.decodeHeaders(headers.stream(), Unpooled.wrappedBuffer(headers.payload()))
                                    .spliterator(),
                            false)
                    .map(field -> field.getKey() + ": " + field.getValue() + "\n")
                    .collect(Collectors.joining());
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        }
    }

    static String error(int code) {
        return Http2Error.valueOf(code).name();
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
