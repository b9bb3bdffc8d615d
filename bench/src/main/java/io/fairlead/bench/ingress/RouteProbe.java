package io.fairlead.bench.ingress;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Asks one question after the other over one connection of HTTP/1.1, without a pause.
 *
 * <p>Confined to the thread that uses it.
 */
public final class RouteProbe implements AutoCloseable {

    private static final int STATUS = 9;
    private static final String LENGTH = "content-length: ";
    private static final long NANOS_MAX = TimeUnit.SECONDS.toNanos(60);

    private final Socket socket;
    private final InputStream in;

    private RouteProbe(Socket socket, InputStream in) {
        this.socket = socket;
        this.in = in;
    }

    /** Connects to Fairlead's HTTP, in the network namespace of the calling thread. */
    public static RouteProbe connect() {
        try {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), Contender.FAIRLEAD.plainPort());
            socket.setTcpNoDelay(true);
            return new RouteProbe(socket, new BufferedInputStream(socket.getInputStream()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The status of the answer for this host. */
    public int status(String host) {
        try {
            socket.getOutputStream()
                    .write(("GET /1k HTTP/1.1\r\nHost: " + host + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            int status = Integer.parseInt(line().substring(STATUS, STATUS + 3));
            int length = 0;
            for (String line = line(); !line.isEmpty(); line = line()) {
                if (line.regionMatches(true, 0, LENGTH, 0, LENGTH.length())) {
                    length = Integer.parseInt(line.substring(LENGTH.length()));
                }
            }
            in.skipNBytes(length);
            return status;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("the proxy has closed the connection");
            }
            line.append((char) b);
        }
        return line.substring(0, line.length() - 1);
    }

    /** Asks until the answer has this status; returns the moment of that answer, as {@link System#nanoTime}. */
    public long await(String host, int status) {
        long deadline = System.nanoTime() + NANOS_MAX;
        while (status(host) != status) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(host + " did not get to be answered with " + status);
            }
        }
        return System.nanoTime();
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
