package io.fairlead.ingress.tls;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A backend with TLS on loopback, which speaks both protocols and remembers the names that it is asked for.
 *
 * <p>Thread-safe.
 */
public final class BackendServer implements AutoCloseable {

    private final ServerTls<String> tls;
    private final TlsServer server;

    /** @param names those of its certificate, whose common name is {@code leaf} */
    public BackendServer(String... names) {
        tls = new ServerTls<>(
                TlsSettings.DEFAULT,
                TicketKeys.random(),
                new TlsPlan<>(List.of(TestAuthority.INSTANCE.certificate(KeyType.ECDSA_P256, names)), Map.of()));
        server = new TlsServer(tls);
    }

    public int port() {
        return server.port();
    }

    /** What the next connection asked for whose handshake ended. */
    public String serverName() {
        try {
            return String.valueOf(server.names.poll(5, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        server.close();
        tls.close();
    }
}
