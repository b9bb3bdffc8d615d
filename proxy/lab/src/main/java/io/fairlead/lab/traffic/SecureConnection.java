package io.fairlead.lab.traffic;

import java.io.IOException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLSocket;

/**
 * One HTTPS connection, which stays open between requests.
 *
 * <p>Confined to one thread at a time.
 */
public final class SecureConnection implements AutoCloseable {

    private final SSLSocket socket;
    private final byte[] request;

    SecureConnection(SSLSocket socket, byte[] request) {
        this.socket = socket;
        this.request = request;
    }

    /**
     * One request more.
     *
     * @throws IOException if it is not answered in time, or not by a pod
     */
    public Answer ask() throws IOException {
        socket.getOutputStream().write(request);
        String reply = Probe.readReply(socket.getInputStream());
        try {
            return Answer.parse(reply);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** What the server showed. */
    public X509Certificate certificate() throws IOException {
        return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
