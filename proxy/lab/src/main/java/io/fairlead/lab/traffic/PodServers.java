package io.fairlead.lab.traffic;

import io.fairlead.lab.run.LabException;
import io.fairlead.lab.topology.Host;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The programs of all pods of a lab, on one thread: each pod serves {@link Transport#HTTP} and {@link Transport#UDP} and
 * answers who it is and which client address it saw.
 *
 * <p>Thread-safe.
 */
public final class PodServers implements AutoCloseable {

    private static final Logger LOG = System.getLogger(PodServers.class.getName());
    private static final int BACKLOG = 1024;
    private static final int REQUEST_BYTES_MAX = 2048;

    private final Selector selector;
    private final Set<SelectableChannel> open = ConcurrentHashMap.newKeySet();
    private final ByteBuffer scratch = ByteBuffer.allocate(REQUEST_BYTES_MAX);

    /**
     * What a readiness event is about.
     *
     * <p>Confined to the servers' thread.
     */
    private sealed interface Duty {}

    /** A new client of a pod. Confined to the servers' thread. */
    private record Accept(String pod, ServerSocketChannel listener) implements Duty {}

    /** The datagrams of a pod. Confined to the servers' thread. */
    private record Datagrams(String pod, DatagramChannel channel) implements Duty {}

    /** A client, its answer, and what it has sent of its request. Confined to the servers' thread. */
    private record Connection(Answer answer, SocketChannel channel, StringBuilder request) implements Duty {}

    private PodServers(Selector selector) {
        this.selector = selector;
    }

    /** Starts without any pod. */
    public static PodServers start() {
        try {
            PodServers servers = new PodServers(Selector.open());
            Thread.ofPlatform().daemon().name("pods").start(servers::serve);
            return servers;
        } catch (IOException e) {
            throw new LabException("cannot start the pods' servers: " + e.getMessage(), e);
        }
    }

    /** Begins to serve in a pod; both ports are open when this returns. */
    public void serve(Host pod) {
        try {
            ServerSocketChannel listener = pod.namespace().run(() -> ServerSocketChannel.open());
            open.add(listener);
            listener.bind(new InetSocketAddress(Transport.HTTP.podPort()), BACKLOG);
            register(listener, SelectionKey.OP_ACCEPT, new Accept(pod.name(), listener));
            DatagramChannel datagrams = pod.namespace().run(() -> DatagramChannel.open());
            open.add(datagrams);
            datagrams.bind(new InetSocketAddress(Transport.UDP.podPort()));
            register(datagrams, SelectionKey.OP_READ, new Datagrams(pod.name(), datagrams));
        } catch (IOException e) {
            throw new LabException("pod " + pod.name() + " cannot serve: " + e.getMessage(), e);
        }
    }

    private void register(SelectableChannel channel, int operations, Duty duty) throws IOException {
        channel.configureBlocking(false);
        channel.register(selector, operations, duty);
        selector.wakeup();
    }

    private void serve() {
        try {
            while (true) {
                selector.select(this::handle);
            }
        } catch (ClosedSelectorException closed) {
            return;
        } catch (IOException e) {
            LOG.log(Level.ERROR, "the pods' servers stop", e);
        }
    }

    private void handle(SelectionKey key) {
        try {
            switch ((Duty) key.attachment()) {
                case Accept accept -> accept(accept);
                case Datagrams datagrams -> answer(datagrams);
                case Connection connection -> answer(connection, key);
            }
        } catch (IOException clientWentAway) {
            drop(key.channel());
        }
    }

    private void accept(Accept duty) throws IOException {
        for (SocketChannel client = duty.listener().accept();
                client != null;
                client = duty.listener().accept()) {
            open.add(client);
            InetSocketAddress source = (InetSocketAddress) client.getRemoteAddress();
            Answer answer = Answer.direct(duty.pod(), source.getAddress());
            client.configureBlocking(false);
            client.register(selector, SelectionKey.OP_READ, new Connection(answer, client, new StringBuilder()));
        }
    }

    private void answer(Connection duty, SelectionKey key) throws IOException {
        int read = duty.channel().read(scratch.clear());
        StringBuilder request = duty.request();
        if (read < 0 || request.length() > REQUEST_BYTES_MAX) {
            drop(key.channel());
            return;
        }
        request.append(StandardCharsets.US_ASCII.decode(scratch.flip()));
        String head = request.toString();
        if (Answer.isComplete(head)) {
            request.setLength(0);
            boolean close = Answer.closesConnection(head);
            // An answer is far smaller than a send buffer.
            duty.channel().write(ByteBuffer.wrap(duty.answer().to(head).reply(close)));
            if (close) {
                drop(key.channel());
            }
        }
    }

    private void answer(Datagrams duty) throws IOException {
        DatagramChannel channel = duty.channel();
        for (SocketAddress from = channel.receive(scratch.clear()); from != null; ) {
            Answer answer = Answer.direct(duty.pod(), ((InetSocketAddress) from).getAddress());
            channel.send(ByteBuffer.wrap(answer.datagram()), from);
            from = channel.receive(scratch.clear());
        }
    }

    private void drop(SelectableChannel channel) {
        open.remove(channel);
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing {0}: {1}", channel, e);
        }
    }

    @Override
    public void close() {
        try {
            selector.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing the selector: {0}", e);
        }
        open.forEach(this::drop);
    }
}
