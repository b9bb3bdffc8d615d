package io.fairlead.lab.traffic;

import io.fairlead.lab.topology.Host;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * Who asks for a host over TLS and believes only certificates that it knows, for the name that it asked for (RFC 9110
 * section 4.3.4).
 *
 * <p>Thread-safe.
 *
 * @param from where it connects from
 * @param target what it connects to
 * @param host the name that it asks for
 * @param trusted certificates, self-signed or of authorities
 */
public record SecureClient(Host from, InetSocketAddress target, String host, List<X509Certificate> trusted) {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    public SecureClient {
        trusted = List.copyOf(trusted);
    }

    /**
     * Connects and shakes hands in full: sessions are not resumed, so that the server shows its certificate each time.
     *
     * @throws IOException if it cannot, or if the certificate is none of those
     */
    public SecureConnection connect() throws IOException {
        SocketChannel channel = from.namespace().run(() -> SocketChannel.open());
        try {
            Socket plain = Probe.connect(channel, target, TIMEOUT);
            SSLSocket socket =
                    (SSLSocket) context().getSocketFactory().createSocket(plain, host, target.getPort(), true);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return new SecureConnection(socket, Answer.request(host, false));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private SSLContext context() {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (X509Certificate certificate : trusted) {
                store.setCertificateEntry(certificate.getSerialNumber().toString(), certificate);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            TrustManager[] managers = factory.getTrustManagers();
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the JDK knows no TLS", e);
        }
    }
}
