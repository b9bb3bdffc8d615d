package io.fairlead.ingress.proxy;

import io.fairlead.ingress.tls.TlsConnection;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a connection, and what backends are told of it.
 *
 * <p>Immutable.
 */
final class Client {

    private final InetSocketAddress address;
    private final int port;

    @Nullable
    private final TlsConnection tls;

    private final byte[] addressText;
    private final byte[] lines;

    /**
     * @param address of the client; behind a load balancer that says so, what it says
     * @param port that the client connected to, as it sees it
     * @param tls null without TLS
     */
    Client(InetSocketAddress address, int port, @Nullable TlsConnection tls) {
        this.address = address;
        this.port = port;
        this.tls = tls;
        String text = address.getAddress().getHostAddress();
        int zone = text.indexOf('%');
        text = zone < 0 ? text : text.substring(0, zone);
        addressText = text.getBytes(StandardCharsets.US_ASCII);
        lines = ("X-Real-IP: " + text + "\r\nX-Forwarded-Port: " + port + "\r\nX-Forwarded-Proto: "
                        + (secure() ? "https" : "http") + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    InetSocketAddress address() {
        return address;
    }

    int port() {
        return port;
    }

    boolean secure() {
        return tls != null;
    }

    /** Hot path: whether a request for this host may come over this connection; else it is misdirected (421). */
    boolean answersFor(byte[] host, int from, int to) {
        return tls == null || tls.answersFor(host, from, to);
    }

    /** Not to be written to. */
    byte[] addressText() {
        return addressText;
    }

    /** Field lines for every request of the connection. Not to be written to. */
    byte[] lines() {
        return lines;
    }
}
