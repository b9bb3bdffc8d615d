package io.fairlead.ingress.tls;

import io.netty.channel.Channel;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a connection knows of its TLS. It is there as soon as a certificate was chosen; the handshake is yet to come.
 *
 * <p>Confined to the connection's event loop.
 */
public final class TlsConnection {

    private static final AttributeKey<TlsConnection> KEY = AttributeKey.valueOf(TlsConnection.class, "connection");

    private final ServerTls<?> tls;
    private final SslHandler handler;
    private final byte[] serverName;
    private final ServedCertificates certificates;
    private @Nullable CertificateTable<?> seen;
    private @Nullable ServedCertificates own;

    TlsConnection(ServerTls<?> tls, SslHandler handler, byte[] serverName, ServedCertificates certificates) {
        this.tls = tls;
        this.handler = handler;
        this.serverName = serverName;
        this.certificates = certificates;
    }

    /** That of a channel; nothing if it has none. */
    public static @Nullable TlsConnection of(Channel channel) {
        return channel.attr(KEY).get();
    }

    void attach(Channel channel) {
        channel.attr(KEY).set(this);
    }

    /** What the client asked for by SNI, in lower case and without a final dot; empty if it did not. */
    public String serverName() {
        return new String(serverName, StandardCharsets.US_ASCII);
    }

    /** Those of which the client was shown one. */
    public List<ServerCertificate> certificates() {
        return certificates.certificates();
    }

    /** Whether the client chose HTTP/2 by ALPN; known after the handshake. */
    public boolean isHttp2() {
        return ApplicationProtocolNames.HTTP_2.equals(handler.applicationProtocol());
    }

    /** The version and the cipher, for logs; known after the handshake. */
    public String version() {
        return handler.engine().getSession().getProtocol();
    }

    /** See {@link #version}. */
    public String cipher() {
        return handler.engine().getSession().getCipherSuite();
    }

    /**
     * Hot path: whether a request for this host may come over this connection (RFC 9110, section 7.4); else it is to be
     * answered with 421, and the client opens a connection for that host. Browsers send requests for all names of a
     * certificate over one connection (RFC 9113, section 9.1.1), while one of these names may have a certificate of
     * its own here, and with it other rules.
     *
     * <p>It may if a client that asks for this host by SNI is shown the certificates that one is shown who asks for what
     * this connection asked for. Both are looked up as of this moment: a renewed certificate is shown to new
     * connections only, and is no reason to break off the others. If nothing was given for the host, it also may if it
     * is a name of the certificate that this client was shown. A host that is passed through never may.
     *
     * @param host holds the host as {@link io.fairlead.ingress.route.request.RequestHost} delimits it, in any case.
     *     The empty host of a request that names none may always come: it is routed as any host
     */
    public boolean answersFor(byte[] host, int from, int to) {
        if (from == to) {
            return true;
        }
        CertificateTable<?> table = tls.table();
        if (table != seen) {
            own = terminated(table, table.find(serverName, 0, serverName.length));
            seen = table;
        }
        CertificateTable.Entry<?> entry = table.find(host, from, to);
        ServedCertificates others = terminated(table, entry);
        return others != null && others == own || entry == null && certificates.cover(host, from, to);
    }

    private static @Nullable ServedCertificates terminated(
            CertificateTable<?> table, CertificateTable.@Nullable Entry<?> found) {
        CertificateTable.Entry<?> entry = found != null ? found : table.defaults();
        return entry instanceof CertificateTable.Terminate<?> terminate ? terminate.certificates() : null;
    }
}
