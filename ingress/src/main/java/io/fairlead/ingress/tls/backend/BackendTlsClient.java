package io.fairlead.ingress.tls.backend;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;

/**
 * Makes the handlers of TLS for the connections to a group of backends.
 *
 * <p>Thread-safe.
 */
public final class BackendTlsClient {

    /** With the name, the key under which sessions are kept to be resumed: all endpoints of a name share them. */
    private static final int PORT = 443;

    private final ClientContext context;
    private final String serverName;
    private final boolean http2;

    BackendTlsClient(ClientContext context, String serverName, boolean http2) {
        this.context = context;
        this.serverName = serverName;
        this.http2 = http2;
    }

    /**
     * A handler for one more connection; its handshake fails if the backend's certificate is not to be believed.
     *
     * @return it offers {@link #protocol} by ALPN
     */
    public SslHandler newHandler(ByteBufAllocator allocator, int handshakeTimeoutMillis) {
        SslHandler handler = serverName.isEmpty()
                ? context.netty().newHandler(allocator)
                : context.netty().newHandler(allocator, serverName, PORT);
        if (!serverName.isEmpty()) {
            // Netty itself sends no name of a single label.
            SSLParameters parameters = handler.engine().getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(serverName)));
            handler.engine().setSSLParameters(parameters);
        }
        handler.setHandshakeTimeoutMillis(handshakeTimeoutMillis);
        return handler;
    }

    /** What is spoken: a backend of HTTP/2 that does not choose {@code h2} must not be spoken to (RFC 9113, 3.2). */
    public String protocol() {
        return ClientContext.protocol(http2);
    }

    /** For tests: clients with equal settings share it. */
    ClientContext context() {
        return context;
    }
}
