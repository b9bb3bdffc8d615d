package io.fairlead.ingress.proxy;

import io.fairlead.ingress.tls.TlsConnection;
import io.netty.util.NetUtil;
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

    private final boolean trusted;
    private final byte[] addressText;
    private final byte[] realIpLine;
    private final byte[] lines;

    /**
     * @param address of the client; behind a load balancer that says so, what it says
     * @param port that the client connected to, as it sees it
     * @param tls null without TLS
     * @param trusted whether it is a proxy that is believed when it says of whom a request is
     */
    Client(InetSocketAddress address, int port, @Nullable TlsConnection tls, boolean trusted) {
        this.address = address;
        this.port = port;
        this.tls = tls;
        this.trusted = trusted;
        String text = NetUtil.toAddressString(address.getAddress());
        addressText = text.getBytes(StandardCharsets.US_ASCII);
        realIpLine = ("X-Real-IP: " + text + "\r\n").getBytes(StandardCharsets.US_ASCII);
        lines = ("X-Forwarded-Port: " + port + "\r\nX-Forwarded-Proto: " + (secure() ? "https" : "http") + "\r\n")
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

    boolean isTrusted() {
        return trusted;
    }

    /** Not to be written to. */
    byte[] realIpLine() {
        return realIpLine;
    }

    /** Not to be written to. */
    byte[] addressText() {
        return addressText;
    }

    /** How the connection is, as field lines for every request of it. Not to be written to. */
    byte[] lines() {
        return lines;
    }
}
