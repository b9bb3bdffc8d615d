package io.fairlead.lab.kube;

import io.fairlead.kernel.netns.NetNs;
import io.fairlead.lab.run.LabException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Requests to the API server from inside of a namespace, one at a time over one connection. No client library: those
 * open their connections on threads of their own, which are in another namespace.
 *
 * <p>Confined to one thread at a time.
 */
public final class KubeApi implements AutoCloseable {

    private static final int CONNECT_MILLIS = 2_000;
    private static final int READ_MILLIS = 30_000;

    /**
     * Opens a connection to where the API server is.
     *
     * <p>Confined to the thread that uses the API.
     */
    interface Dialer {
        Socket connect(InetSocketAddress server) throws IOException;
    }

    private final Dialer dialer;
    private final ApiAccess access;
    private @Nullable Socket connection;

    private KubeApi(Dialer dialer, ApiAccess access) {
        this.dialer = dialer;
        this.access = access;
    }

    /** From the network namespace that the using thread is in. */
    public static KubeApi of(ApiAccess access) {
        return new KubeApi(KubeApi::connectHere, access);
    }

    /** From inside of a namespace, wherever the using thread is. */
    public static KubeApi from(NetNs namespace, ApiAccess access) {
        return new KubeApi(server -> namespace.run(() -> connectHere(server)), access);
    }

    private static Socket connectHere(InetSocketAddress server) throws IOException {
        Socket fresh = new Socket();
        fresh.connect(server, CONNECT_MILLIS);
        return fresh;
    }

    /**
     * What the server said.
     *
     * <p>Immutable.
     */
    public record Answer(int status, String body) {

        /** @throws LabException unless the status is 2xx */
        public Answer expectSuccess() {
            if (status / 100 != 2) {
                throw new LabException("the API server answered " + status + ": " + body);
            }
            return this;
        }
    }

    public Answer get(String path) throws IOException {
        return request("GET", path, "application/json", "");
    }

    /** Creates an object, or makes it say this: server-side apply. */
    public Answer apply(String path, String yaml) throws IOException {
        return request("PATCH", path + "?fieldManager=lab&force=true", "application/apply-patch+yaml", yaml);
    }

    /** Creates an object. */
    public Answer create(String collection, String json) throws IOException {
        return request("POST", collection, "application/json", json);
    }

    /** Changes fields of an object or of its {@code /status} (JSON merge patch, RFC 7396). */
    public Answer merge(String path, String json) throws IOException {
        return request("PATCH", path, "application/merge-patch+json", json);
    }

    /** Makes an object say this and nothing else; it must be there. */
    public Answer replace(String path, String json) throws IOException {
        return request("PUT", path, "application/json", json);
    }

    public Answer delete(String path) throws IOException {
        return request("DELETE", path, "application/json", "");
    }

    private Answer request(String method, String path, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head = method + " " + path + " HTTP/1.1\r\nHost: "
                + access.server().getHostString() + "\r\n" + access.authorization()
                + "Accept: application/json\r\nContent-Type: " + type + "\r\nContent-Length: "
                + bytes.length
                + "\r\n\r\n";
        boolean kept = connection != null;
        try {
            return exchange(head, bytes);
        } catch (IOException e) {
            close();
            if (!kept) {
                throw e;
            }
            // A server that was started again knows nothing of the kept connection.
            return exchange(head, bytes);
        }
    }

    private Answer exchange(String head, byte[] body) throws IOException {
        Socket open = connect();
        open.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        open.getOutputStream().write(body);
        return read(new BufferedInputStream(open.getInputStream()));
    }

    private Socket connect() throws IOException {
        Socket open = connection;
        if (open == null) {
            Socket plain = dialer.connect(access.server());
            plain.setSoTimeout(READ_MILLIS);
            plain.setTcpNoDelay(true);
            open = access.secure(plain);
            connection = open;
        }
        return open;
    }

    private static Answer read(InputStream in) throws IOException {
        String first = line(in);
        int status = Integer.parseInt(first.split(" ", -1)[1]);
        int length = 0;
        boolean chunked = false;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            String header = line.toLowerCase(Locale.ROOT);
            if (header.startsWith("content-length:")) {
                length = Integer.parseInt(
                        header.substring("content-length:".length()).strip());
            }
            chunked |= header.startsWith("transfer-encoding:") && header.contains("chunked");
        }
        byte[] body = chunked ? chunks(in) : in.readNBytes(length);
        return new Answer(status, new String(body, StandardCharsets.UTF_8));
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = chunkSize(in); size > 0; size = chunkSize(in)) {
            body.write(in.readNBytes(size));
            line(in);
        }
        line(in);
        return body.toByteArray();
    }

    private static int chunkSize(InputStream in) throws IOException {
        return Integer.parseInt(line(in).strip(), 16);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("the API server closed the connection");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() {
        Socket open = connection;
        connection = null;
        try {
            if (open != null) {
                open.close();
            }
        } catch (IOException e) {
            // Whatever it was in the middle of, nobody waits for it.
        }
    }
}
