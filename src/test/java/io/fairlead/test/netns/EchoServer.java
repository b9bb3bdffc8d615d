package io.fairlead.test.netns;

import io.fairlead.agent.plan.Addresses;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.IpBytes;
import io.fairlead.kernel.netns.NetNs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Answers every connection and datagram with two lines: the address and port that it came to, and the address that it
 * came from.
 *
 * <p>Thread-safe; one thread answers.
 */
public final class EchoServer implements AutoCloseable {

    private static final int BACKLOG = 1024;

    private final Selector selector;
    private final Thread thread;

    /**
     * @param addresses on which datagrams are answered; connections are answered on all
     */
    public EchoServer(NetNs namespace, List<IpAddress> addresses, List<Integer> tcpPorts, List<Integer> udpPorts) {
        try {
            this.selector = Selector.open();
            namespace.run(() -> listen(addresses, tcpPorts, udpPorts));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.thread = Thread.ofPlatform().daemon().name("echo").unstarted(this::answer);
        thread.start();
    }

    private void listen(List<IpAddress> addresses, List<Integer> tcpPorts, List<Integer> udpPorts) throws IOException {
        for (int port : tcpPorts) {
            ServerSocketChannel server = ServerSocketChannel.open();
            server.bind(new InetSocketAddress(port), BACKLOG);
            server.configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT);
        }
        for (IpAddress address : addresses) {
            for (int port : udpPorts) {
                DatagramChannel socket = DatagramChannel.open();
                socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                socket.bind(new InetSocketAddress(IpBytes.address(address.toBytes()), port));
                socket.configureBlocking(false).register(selector, SelectionKey.OP_READ);
            }
        }
    }

    private void answer() {
        try {
            while (selector.isOpen()) {
                selector.select(key -> {
                    try {
                        answer(key.channel());
                    } catch (IOException e) {
                        // The client went away: it has its own view of that.
                    }
                });
            }
        } catch (IOException | ClosedSelectorException e) {
            // Closed.
        }
    }

    private static void answer(SelectableChannel channel) throws IOException {
        if (channel instanceof ServerSocketChannel server) {
            try (SocketChannel connection = server.accept()) {
                if (connection != null) {
                    write(connection);
                }
            }
        } else if (channel instanceof DatagramChannel socket) {
            SocketAddress client = socket.receive(ByteBuffer.allocate(512));
            if (client != null) {
                socket.send(lines(socket.getLocalAddress(), client), client);
            }
        }
    }

    private static void write(SocketChannel connection) throws IOException {
        // A fresh socket takes a hundred bytes at once.
        connection.write(lines(connection.getLocalAddress(), connection.getRemoteAddress()));
        connection.shutdownOutput();
    }

    private static ByteBuffer lines(SocketAddress to, SocketAddress from) {
        InetSocketAddress server = (InetSocketAddress) to;
        String text = Addresses.withPort(ip(to), server.getPort()) + "\n" + ip(from) + "\n";
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static IpAddress ip(SocketAddress address) {
        return IpAddress.ofBytes(((InetSocketAddress) address).getAddress().getAddress());
    }

    @Override
    public void close() {
        try {
            for (SelectionKey key : selector.keys()) {
                Channel channel = key.channel();
                channel.close();
            }
            selector.close();
            thread.join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
