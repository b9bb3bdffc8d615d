package io.fairlead.bench.process;

import io.fairlead.kernel.Sysctl;
import io.fairlead.kernel.netns.NetNs;
import io.fairlead.kernel.nft.NetlinkNft;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * A network namespace that is node, client and all pods at once: every pod address is local to it and one socket
 * listens on all of them, so that a connection costs nothing but the kernel's work on it. The client has a pod's
 * address, so its source is kept.
 *
 * <p>Confined to the thread that made it.
 */
public final class LoopbackNode implements AutoCloseable {

    private static final String CLIENT = "10.0.0.10";
    private static final int QUEUE = 65_535;

    private final NetNs namespace;
    private final ServerSocketChannel server;

    /**
     * @param namespace stays the caller's
     * @param podRange whose addresses all answer; none of them is used otherwise
     * @param client one of them
     */
    public LoopbackNode(NetNs namespace, String podRange, String serviceRange, String client)
            throws IOException, InterruptedException {
        this.namespace = namespace;
        ip("link set lo up");
        ip("address add " + client + "/32 dev lo");
        ip("route add local " + podRange + " dev lo src " + client);
        ip("route add " + serviceRange + " dev lo src " + client);
        namespace.run(() -> {
            new Sysctl("net/core/somaxconn").write(QUEUE);
            // A reset connection is tracked ten seconds longer otherwise, and the table is shared with the host.
            new Sysctl("net/netfilter/nf_conntrack_tcp_timeout_close").write(1);
        });
        this.server = namespace.run(LoopbackNode::listen);
    }

    /** A node whose kernel routes the Services of a cluster. */
    static LoopbackNode of(NetNs namespace, SyntheticCluster cluster) throws IOException, InterruptedException {
        try (NetlinkNft nft = namespace.run(NetlinkNft::open)) {
            Tables.fill(nft, cluster);
        }
        return new LoopbackNode(namespace, SyntheticCluster.POD_RANGE, SyntheticCluster.SERVICE_RANGE, CLIENT);
    }

    NetNs namespace() {
        return namespace;
    }

    /** Takes and drops the connections that wait: done between measurements, so that it disturbs none. */
    void dropWaiting() throws IOException {
        for (SocketChannel waiting = server.accept(); waiting != null; waiting = server.accept()) {
            waiting.close();
        }
    }

    private static ServerSocketChannel listen() throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.INET);
        server.bind(new InetSocketAddress(SyntheticCluster.TARGET_PORT), QUEUE);
        server.configureBlocking(false);
        return server;
    }

    private void ip(String words) throws IOException, InterruptedException {
        String[] command = ("ip " + words).split(" ");
        Process process = namespace.run(
                () -> new ProcessBuilder(command).redirectErrorStream(true).start());
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("ip " + words + ": " + output);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
