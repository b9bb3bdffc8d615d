package io.fairlead.test.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.lab.topology.Host;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * A client that asks a host over TLS until it is told to stop: one half with a connection for each request, one half on a
 * connection that it keeps as long as the server lets it.
 *
 * <p>Thread-safe.
 */
final class TlsLoad implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 5_000;
    private static final long PAUSE_NANOS = Duration.ofMillis(40).toNanos();
    private static final Duration END_MAX = Duration.ofSeconds(10);
    private static final int HEAD_BYTES_MAX = 16 << 10;

    private final InetSocketAddress target;
    private final String host;
    private final SSLContext tls;
    private final AtomicLong answered = new AtomicLong();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final Set<X509Certificate> seen = ConcurrentHashMap.newKeySet();
    private final List<Thread> threads;
    private volatile boolean ended;

    private TlsLoad(Host client, InetSocketAddress target, String host) {
        this.target = target;
        this.host = host;
        this.tls = trustingAnybody();
        this.threads = List.of(
                client.namespace().start("new connections", () -> ask(false)),
                client.namespace().start("kept connection", () -> ask(true)));
    }

    static TlsLoad start(Host client, InetSocketAddress target, String host) {
        return new TlsLoad(client, target, host);
    }

    /** What is shown is compared by the test. */
    private static SSLContext trustingAnybody() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Anybody()}, new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Takes each certificate.
     *
     * <p>Immutable.
     */
    private static final class Anybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private void ask(boolean keep) {
        while (!ended) {
            try (SSLSocket socket = connect()) {
                boolean more = true;
                while (more && !ended) {
                    more = request(socket, keep);
                    answered.incrementAndGet();
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            } catch (IOException e) {
                failures.add((keep ? "kept: " : "new: ") + e);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private SSLSocket connect() throws IOException {
        Socket plain = new Socket();
        plain.connect(target, TIMEOUT_MILLIS);
        plain.setSoTimeout(TIMEOUT_MILLIS);
        SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(plain, host, target.getPort(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(host)));
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        seen.add((X509Certificate) socket.getSession().getPeerCertificates()[0]);
        return socket;
    }

    /** Returns whether the connection may be used again. */
    private boolean request(SSLSocket socket, boolean keep) throws IOException {
        String words = "GET / HTTP/1.1\r\nHost: " + host + "\r\n" + (keep ? "" : "Connection: close\r\n") + "\r\n";
        socket.getOutputStream().write(words.getBytes(StandardCharsets.US_ASCII));
        String head = head(socket.getInputStream()).toLowerCase(Locale.ROOT);
        if (!head.startsWith("http/1.1 200")) {
            throw new IOException(head);
        }
        int length = head.indexOf("content-length: ");
        if (length < 0) {
            throw new IOException("no length: " + head);
        }
        int bytes = Integer.parseInt(head.substring(length + "content-length: ".length(), head.indexOf('\r', length)));
        if (socket.getInputStream().readNBytes(bytes).length < bytes) {
            throw new EOFException("the answer breaks off");
        }
        return keep && !head.contains("\r\nconnection: close");
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
            int next = in.read();
            if (next < 0 || head.length() > HEAD_BYTES_MAX) {
                throw new EOFException("the head breaks off: " + head);
            }
            head.append((char) next);
        }
        return head.toString();
    }

    /** Certificates that were shown so far. */
    Set<X509Certificate> certificates() {
        return Set.copyOf(seen);
    }

    long answered() {
        return answered.get();
    }

    /** Ends it: every request was answered. */
    void expectNoFailure() {
        close();
        assertEquals(List.of(), List.copyOf(failures), () -> answered + " were answered");
        assertTrue(answered.get() > 10, () -> answered + " were answered");
    }

    /** Ends it, whatever came of it. */
    @Override
    public void close() {
        ended = true;
        try {
            for (Thread thread : threads) {
                assertTrue(thread.join(END_MAX), "a client does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
