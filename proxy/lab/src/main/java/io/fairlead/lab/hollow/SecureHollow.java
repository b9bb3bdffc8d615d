package io.fairlead.lab.hollow;

import io.fairlead.lab.kube.SelfSignedCertificate;
import io.fairlead.lab.run.LabException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A hollow cluster behind TLS and HTTP/2, with a kubeconfig that leads there.
 *
 * <p>Thread-safe.
 */
public final class SecureHollow implements AutoCloseable {

    private final HollowServer server;
    private final SecureFront front;
    private final Path kubeconfig;

    private SecureHollow(HollowServer server, SecureFront front, Path kubeconfig) {
        this.server = server;
        this.front = front;
        this.kubeconfig = kubeconfig;
    }

    /**
     * Serves in the network namespace of the calling thread.
     *
     * @param address port 0 takes any
     * @param folder where to write {@code kubeconfig} and what it names, which is there by a relative path
     * @throws LabException if the address is taken, or a file cannot be written
     */
    public static SecureHollow start(HollowCluster cluster, InetSocketAddress address, Path folder) {
        String host = address.getAddress().getHostAddress();
        SelfSignedCertificate certificate =
                SelfSignedCertificate.create(folder, "serving", "CN=hollow", List.of("ip:" + host));
        HollowServer server = HollowServer.start(cluster, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        try {
            SecureFront front = SecureFront.start(address, server.address(), certificate);
            return new SecureHollow(server, front, kubeconfig(folder, url(host, front), certificate));
        } catch (LabException e) {
            server.close();
            throw e;
        }
    }

    private static String url(String host, SecureFront front) {
        return "https://" + (host.contains(":") ? "[" + host + "]" : host) + ":"
                + front.address().getPort();
    }

    private static Path kubeconfig(Path folder, String url, SelfSignedCertificate certificate) {
        Path file = folder.resolve("kubeconfig");
        try {
            return Files.writeString(
                    file, """
                    apiVersion: v1
                    kind: Config
                    clusters: [{name: hollow, cluster: {server: "%s", certificate-authority: %s}}]
                    users: [{name: anybody, user: {token: anything}}]
                    contexts: [{name: hollow, context: {cluster: hollow, user: anybody}}]
                    current-context: hollow
                    """.formatted(url, certificate.certificate().getFileName()));
        } catch (IOException e) {
            throw new LabException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    /** The server behind, which is told what happens in the cluster. */
    public HollowServer server() {
        return server;
    }

    /** Leads there from the same network. */
    public Path kubeconfig() {
        return kubeconfig;
    }

    @Override
    public void close() {
        front.close();
        server.close();
    }
}
