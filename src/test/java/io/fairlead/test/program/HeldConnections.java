package io.fairlead.test.program;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.kernel.netns.NetNs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Connections that stay: through a Service of their own to a server that gives back each byte.
 *
 * <p>Confined to the test thread.
 */
final class HeldConnections implements AutoCloseable {

    static final String ADDRESS = "172.30.0.50";
    static final int PORT = 7;
    static final int NODE_PORT = 30007;
    private static final int SERVER_PORT = 7007;
    private static final int PATIENCE_MILLIS = (int) Duration.ofSeconds(5).toMillis();

    /** Its Service and EndpointSlice. */
    static final String MANIFEST = """
            apiVersion: v1
            kind: Service
            metadata: {name: held, namespace: default}
            spec:
              type: NodePort
              clusterIP: %s
              ports: [{port: %d, nodePort: %d, targetPort: %d}]
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: held-1, namespace: default, labels: {kubernetes.io/service-name: held}}
            addressType: IPv4
            ports: [{port: %d}]
            endpoints:
              - {addresses: [10.180.0.1], nodeName: node-1}
            """.formatted(ADDRESS, PORT, NODE_PORT, SERVER_PORT, SERVER_PORT);

    private final ServerSocket server;
    private final NetNs client;
    private final List<Socket> connections = new ArrayList<>();

    /** @param pods where the endpoint is */
    HeldConnections(NetNs pods, NetNs client) {
        this.server = pods.run(() -> {
            try {
                return new ServerSocket(SERVER_PORT);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        this.client = client;
        Thread.ofPlatform().daemon().name("held").start(this::accept);
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = server.accept();
                Thread.ofPlatform().daemon().name("held-connection").start(() -> answer(connection));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private static void answer(Socket connection) {
        try (connection) {
            for (int read = connection.getInputStream().read();
                    read >= 0;
                    read = connection.getInputStream().read()) {
                connection.getOutputStream().write(read);
            }
        } catch (IOException e) {
            // The client has its own view of that.
        }
    }

    /** One more through each address. */
    void open() {
        connections.add(connect(ADDRESS, PORT));
        connections.add(connect(SampleNode.NODE_ADDRESS, NODE_PORT));
        expectAlive();
    }

    private Socket connect(String address, int port) {
        return client.run(() -> {
            try {
                Socket socket = new Socket();
                socket.connect(new InetSocketAddress(address, port), PATIENCE_MILLIS);
                socket.setSoTimeout(PATIENCE_MILLIS);
                // It ends at once for everybody on the way, who would remember its slower end for two minutes.
                socket.setSoLinger(true, 0);
                return socket;
            } catch (IOException e) {
                throw new AssertionError(address + ":" + port + ": " + e, e);
            }
        });
    }

    /** Each answers. */
    void expectAlive() {
        for (int i = 0; i < connections.size(); i++) {
            Socket connection = connections.get(i);
            try {
                connection.getOutputStream().write(i);
                assertEquals(i, connection.getInputStream().read(), "what comes back");
            } catch (IOException e) {
                throw new AssertionError("connection " + i + " of " + connections.size() + ": " + e, e);
            }
        }
    }

    int size() {
        return connections.size();
    }

    /** All of them end. */
    void end() {
        for (Socket connection : connections) {
            try {
                connection.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        connections.clear();
    }

    @Override
    public void close() {
        end();
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
