package io.fairlead.ingress.proxy;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * Who is at the other end of a connection, and what backends are told of it.
 *
 * <p>Immutable.
 */
final class Client {

    private final InetSocketAddress address;
    private final int port;
    private final boolean secure;
    private final byte[] addressText;
    private final byte[] lines;

    /**
     * @param address of the client; behind a load balancer that says so, what it says
     * @param port that the client connected to, as it sees it
     */
    Client(InetSocketAddress address, int port, boolean secure) {
        this.address = address;
        this.port = port;
        this.secure = secure;
        String text = address.getAddress().getHostAddress();
        int zone = text.indexOf('%');
        text = zone < 0 ? text : text.substring(0, zone);
        addressText = text.getBytes(StandardCharsets.US_ASCII);
        lines = ("X-Real-IP: " + text + "\r\nX-Forwarded-Port: " + port + "\r\nX-Forwarded-Proto: "
                        + (secure ? "https" : "http") + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    InetSocketAddress address() {
        return address;
    }

    int port() {
        return port;
    }

    boolean secure() {
        return secure;
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
