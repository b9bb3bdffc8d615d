package io.fairlead.test.ingress;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * A client's connection of HTTP/1.1 that sends exactly what a test gives.
 *
 * <p>Confined to one thread.
 */
final class H1Client implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 20_000;
    private static final int KEPT_MAX = 1 << 20;

    private final Socket socket;
    private final InputStream in;
    private final Wire wire;

    private H1Client(Socket socket) throws IOException {
        this.socket = socket;
        in = new BufferedInputStream(socket.getInputStream());
        wire = new Wire(in, KEPT_MAX);
    }

    static H1Client connect(InetSocketAddress address) {
        try {
            return new H1Client(open(address));
        } catch (IOException e) {
            throw new UncheckedIOException("to " + address, e);
        }
    }

    private static Socket open(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.setTcpNoDelay(true);
            socket.connect(address, TIMEOUT_MILLIS);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Over TLS, with the name that it asks for by SNI; trusts whatever it is shown. */
    static H1Client connectTls(InetSocketAddress address, String serverName) {
        try {
            SSLSocket socket = (SSLSocket) AnyCertificate.context()
                    .getSocketFactory()
                    .createSocket(open(address), serverName, address.getPort(), true);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(serverName)));
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return new H1Client(socket);
        } catch (IOException e) {
            throw new UncheckedIOException("to " + serverName + " at " + address, e);
        }
    }

    /** The common name of the certificate that it was shown. */
    String certificate() {
        try {
            X509Certificate shown =
                    (X509Certificate) ((SSLSocket) socket).getSession().getPeerCertificates()[0];
            return shown.getSubjectX500Principal().getName().replaceFirst("^CN=", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    H1Client send(String text) {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    H1Client send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a request without content. */
    H1Client get(String host, String target) {
        return send("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    }

    /** The whole next answer to a request other than HEAD. */
    Wire.Message answer() {
        return answer(false);
    }

    /** The same, or the next answer to HEAD. */
    Wire.Message answer(boolean toHead) {
        try {
            Wire.Message head = head();
            return head.with(wire.ofAnswer(head, toHead));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The head of the next answer; what follows is not read yet. */
    Wire.Message head() {
        try {
            Wire.Message head = wire.head();
            if (head == null) {
                throw new EOFException("the connection ended before an answer");
            }
            return head;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    InputStream in() {
        return in;
    }

    OutputStream out() {
        try {
            return socket.getOutputStream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Socket socket() {
        return socket;
    }

    /** Whether the other side ended the connection, and sent nothing before. */
    boolean isEnded() {
        try {
            return in.read() < 0;
        } catch (IOException reset) {
            return true;
        }
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
