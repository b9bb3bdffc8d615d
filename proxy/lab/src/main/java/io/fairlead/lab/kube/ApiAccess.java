package io.fairlead.lab.kube;

import io.fairlead.lab.run.LabException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Where an API server is, whom it is, and who asks.
 *
 * <p>Immutable; it never prints the token.
 */
public final class ApiAccess {

    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    /** Certificates in PEM (RFC 7468), read anew for each connection. */
    private interface Certificates {
        InputStream open() throws IOException;
    }

    private final InetSocketAddress server;
    private final Optional<Certificates> trusted;
    private final String token;

    private ApiAccess(InetSocketAddress server, Optional<Certificates> trusted, String token) {
        this.server = server;
        this.trusted = trusted;
        this.token = token;
    }

    /** Over TLS, with a token. */
    static ApiAccess of(InetSocketAddress server, Path certificate, String token) {
        return new ApiAccess(server, Optional.of(() -> Files.newInputStream(certificate)), token);
    }

    /**
     * As the current context of a kubeconfig file says: with a token over TLS, or over plain HTTP.
     *
     * @throws LabException if the file cannot be used, or wants another kind of credentials
     */
    public static ApiAccess ofKubeconfig(Path file) {
        try {
            Object root = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
            Map<?, ?> context = named(root, "contexts", "context", text(root, "current-context"));
            Map<?, ?> cluster = named(root, "clusters", "cluster", text(context, "cluster"));
            Map<?, ?> user = named(root, "users", "user", text(context, "user"));
            return of(cluster, user);
        } catch (IOException | YamlEngineException | IllegalArgumentException e) {
            throw new LabException("kubeconfig " + file + ": cannot be used: " + reason(e), e);
        }
    }

    /** A parser quotes what it could not read, which may be a credential. */
    private static String reason(Exception e) {
        return e instanceof YamlEngineException ? "it is not YAML" : String.valueOf(e.getMessage());
    }

    private static ApiAccess of(Map<?, ?> cluster, Map<?, ?> user) {
        URI server = URI.create(text(cluster, "server"));
        String host = Optional.ofNullable(server.getHost())
                .orElseThrow(() -> new IllegalArgumentException("the server has no host"))
                .replaceAll("[\\[\\]]", "");
        if ("http".equals(server.getScheme())) {
            int port = server.getPort() < 0 ? HTTP_PORT : server.getPort();
            return new ApiAccess(new InetSocketAddress(host, port), Optional.empty(), text(user, "token"));
        }
        if (text(user, "token").isEmpty()) {
            throw new IllegalArgumentException(
                    "its user has no token; what else there is needs a client of its own: run"
                            + " 'kubectl proxy' and give a kubeconfig whose server is its http address");
        }
        int port = server.getPort() < 0 ? HTTPS_PORT : server.getPort();
        return new ApiAccess(
                new InetSocketAddress(host, port), Optional.of(certificates(cluster)), text(user, "token"));
    }

    private static Certificates certificates(Map<?, ?> cluster) {
        String file = text(cluster, "certificate-authority");
        if (!file.isEmpty()) {
            return () -> Files.newInputStream(Path.of(file));
        }
        byte[] data = Base64.getDecoder().decode(text(cluster, "certificate-authority-data"));
        if (data.length == 0) {
            throw new IllegalArgumentException("its cluster has no certificate-authority");
        }
        return () -> new ByteArrayInputStream(data);
    }

    private static Map<?, ?> named(Object root, String list, String member, String name) {
        if (root instanceof Map<?, ?> map && map.get(list) instanceof List<?> entries) {
            for (Object entry : entries) {
                if (entry instanceof Map<?, ?> found
                        && name.equals(found.get("name"))
                        && found.get(member) instanceof Map<?, ?> value) {
                    return value;
                }
            }
        }
        throw new IllegalArgumentException(list + " has no '" + name + "'");
    }

    private static String text(Object map, String member) {
        return map instanceof Map<?, ?> known && known.get(member) instanceof String value ? value : "";
    }

    InetSocketAddress server() {
        return server;
    }

    /** The line of a request's head, or nothing. */
    String authorization() {
        return token.isEmpty() ? "" : "Authorization: Bearer " + token + "\r\n";
    }

    /** The same connection, with TLS over it if that is wanted. */
    Socket secure(Socket plain) throws IOException {
        if (trusted.isEmpty()) {
            return plain;
        }
        return context(trusted.get())
                .getSocketFactory()
                .createSocket(plain, server.getHostString(), server.getPort(), true);
    }

    private static SSLContext context(Certificates trusted) throws IOException {
        try (InputStream pem = trusted.open()) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int i = 0;
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                store.setCertificateEntry("server-" + i++, each);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot use the API server's certificate", e);
        }
    }

    @Override
    public String toString() {
        return server.getHostString() + ":" + server.getPort();
    }
}
