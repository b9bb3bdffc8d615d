package io.fairlead.ingress.proxy;

import io.fairlead.ingress.accesslog.AccessLog;
import io.fairlead.ingress.accesslog.WorkerLog;
import io.fairlead.ingress.loop.Worker;
import io.fairlead.ingress.proxy.proxyprotocol.ProxyHeaderReader;
import io.fairlead.ingress.tls.TlsConnection;
import io.fairlead.ingress.tls.TlsListener;
import io.fairlead.ingress.tls.TlsSelector;
import io.fairlead.ingress.tls.hello.HelloFault;
import io.fairlead.ingress.upstream.UpstreamGroup;
import io.fairlead.ingress.upstream.UpstreamSettings;
import io.fairlead.ingress.upstream.Upstreams;
import io.fairlead.runtime.http.HttpEndpoint;
import io.fairlead.runtime.http.ListenException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.ChannelGroupFuture;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The event loops, and the listening sockets whose connections they carry.
 *
 * <p>Thread-safe.
 */
public final class ProxyServer implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(ProxyServer.class.getName());
    private static final int BACKLOG = 4096;

    /**
     * Bytes that wait to be sent to a client before no more of the answer is read. The bound holds what one read of a
     * backend gives at most, 64 KiB, and the head before it, so that they go out at once.
     */
    private static final WriteBufferWaterMark UNSENT = new WriteBufferWaterMark(64 << 10, 128 << 10);

    private static final long CLOSE_MILLIS = 1_000;

    private final Transport transport;
    private final EventLoopGroup loops;
    private final ProxySettings settings;
    private final RoutingReference routings;
    private final List<Worker> workers = new ArrayList<>();
    private final IdentityHashMap<EventLoop, Parts> parts = new IdentityHashMap<>();

    private final List<Channel> listening = new CopyOnWriteArrayList<>();
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

    /** Who begins to speak HTTP from here on is told at once to come to an end. */
    private volatile boolean draining;

    private record Parts(Worker worker, Upstreams upstreams, Optional<WorkerLog> log) {}

    /** @param log where requests that ended are written to */
    public ProxyServer(
            Transport transport,
            int loopCount,
            ProxySettings settings,
            UpstreamSettings upstreamSettings,
            RoutingReference routings,
            Optional<AccessLog> log) {
        this.transport = transport;
        this.settings = settings;
        this.routings = routings;
        loops = new MultiThreadIoEventLoopGroup(loopCount, transport.handlers());
        for (EventExecutor each : loops) {
            EventLoop loop = (EventLoop) each;
            Worker worker = new Worker(loop, workers.size());
            workers.add(worker);
            Optional<WorkerLog> own = log.map(all -> all.worker(worker.index()));
            own.ifPresent(lines -> loop.execute(() -> lines.begin(worker)));
            Upstreams upstreams = new Upstreams(worker, transport.clientChannel(), upstreamSettings);
            parts.put(loop, new Parts(worker, upstreams, own));
        }
    }

    /** One for each event loop. */
    public List<Worker> workers() {
        return List.copyOf(workers);
    }

    /**
     * Begins to accept connections.
     *
     * @return where: with the port that was free
     * @throws ListenException if the address cannot be had
     */
    public InetSocketAddress listen(Listener listener) {
        return listening(
                listener, bootstrap(listener).channel(transport.serverChannel()).bind(listener.address()));
    }

    /**
     * Begins to accept connections on a socket that listens already.
     *
     * @return where
     * @throws ListenException if it cannot be used
     */
    public InetSocketAddress listen(Listener listener, EpollServerSocketChannel socket) {
        return listening(
                listener, bootstrap(listener).channelFactory(() -> socket).register());
    }

    private ServerBootstrap bootstrap(Listener listener) {
        return new ServerBootstrap()
                .group(loops)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNSENT)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        accepted(channel, listener);
                    }
                });
    }

    private InetSocketAddress listening(Listener listener, ChannelFuture bound) {
        bound.awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new ListenException(
                    new HttpEndpoint.Tcp(listener.address(), Set.of()),
                    String.valueOf(bound.cause().getMessage()));
        }
        listening.add(bound.channel());
        return (InetSocketAddress) bound.channel().localAddress();
    }

    /** Whether {@link #sockets} are all of them. */
    public boolean canHandOver() {
        return transport == Transport.EPOLL;
    }

    /** The listening sockets, for another process. */
    public List<FileDescriptor> sockets() {
        List<FileDescriptor> all = new ArrayList<>();
        for (Channel each : listening) {
            if (each instanceof EpollServerSocketChannel socket) {
                all.add(socket.fd());
            }
        }
        return all;
    }

    /** Where it listens. */
    public List<InetSocketAddress> addresses() {
        return listening.stream()
                .map(channel -> (InetSocketAddress) channel.localAddress())
                .toList();
    }

    private void accepted(SocketChannel channel, Listener listener) {
        connections.add(channel);
        boolean anybody = settings.trusted().isEmpty();
        if (listener.proxyProtocol()
                && (anybody
                        || settings.trusted().contains(channel.remoteAddress().getAddress()))) {
            channel.pipeline()
                    .addLast(new ProxyHeaderReader(
                            (context, source, destination) -> begin(context.channel(), listener, source, destination),
                            channel.remoteAddress(),
                            channel.localAddress()));
        } else {
            begin(channel, listener, channel.remoteAddress(), channel.localAddress());
        }
    }

    private void begin(Channel channel, Listener listener, InetSocketAddress source, InetSocketAddress destination) {
        Parts own = Objects.requireNonNull(parts.get(channel.eventLoop()));
        if (listener.tls().isEmpty()) {
            Client client = client(source, destination.getPort(), null);
            channel.pipeline().addLast(new PrefaceSniffer(exchanges(own, client)));
        } else {
            channel.pipeline()
                    .addLast(new TlsSelector<>(listener.tls().get(), new Handshakes(own)))
                    .addLast(new TlsHandshake(done -> speak(done, own, source, destination.getPort())));
        }
        if (draining) {
            // It may have come too late to be told with the others.
            channel.pipeline().fireUserEventTriggered(Drain.BEGUN);
        }
    }

    private void speak(Channel channel, Parts own, InetSocketAddress source, int port) {
        TlsConnection tls = Objects.requireNonNull(TlsConnection.of(channel));
        Exchanges exchanges = exchanges(own, client(source, port, tls));
        channel.pipeline().addLast(tls.isHttp2() ? exchanges.http2() : exchanges.http1());
    }

    private Client client(InetSocketAddress source, int port, @Nullable TlsConnection tls) {
        return new Client(source, port, tls, settings.trusted().contains(source.getAddress()));
    }

    private Exchanges exchanges(Parts own, Client client) {
        return new Exchanges(own.worker(), settings, routings, own.upstreams(), own.log(), client);
    }

    /**
     * What becomes of connections that are not for the proxy itself to answer.
     *
     * <p>Confined to the event loop's thread of its worker.
     */
    private final class Handshakes implements TlsListener<UpstreamGroup> {

        private final Parts own;

        Handshakes(Parts own) {
            this.own = own;
        }

        @Override
        public ChannelHandler passThrough(Channel channel, UpstreamGroup group, String serverName) {
            channel.pipeline().remove(TlsHandshake.class);
            return Passthrough.to(
                    group, own.worker(), channel, transport.clientChannel(), settings.passthroughIdleMillis());
        }

        @Override
        public void refused(Channel channel, HelloFault fault) {
            LOG.log(System.Logger.Level.DEBUG, "connection of {0} is closed: {1}", channel.remoteAddress(), fault);
        }
    }

    /** Connections of clients that are open. */
    public int connections() {
        return connections.size();
    }

    /** Connections that are open end with the answers under way, and know it; new ones are still accepted. */
    public void sendAway() {
        List<Future<?>> told = new ArrayList<>();
        connections.forEach(channel ->
                told.add(channel.eventLoop().submit(() -> channel.pipeline().fireUserEventTriggered(Drain.BEGUN))));
        told.forEach(each -> each.awaitUninterruptibly(CLOSE_MILLIS));
    }

    /**
     * Accepts no more connections, and waits until those that are open ended.
     *
     * @param longest after which they are closed whatever they carry
     */
    public void drain(Duration longest) {
        draining = true;
        // First, so that nobody is refused while others may still think that they can go on.
        sendAway();
        listening.forEach(each -> each.close().syncUninterruptibly());
        ChannelGroupFuture ended = connections.newCloseFuture();
        if (!ended.awaitUninterruptibly(longest.toMillis())) {
            connections.close().awaitUninterruptibly(CLOSE_MILLIS);
        }
    }

    /** Ends all connections and loops; a loop that ends first would leave its connections as they are. */
    @Override
    public void close() {
        listening.forEach(each -> each.close().syncUninterruptibly());
        connections.close().awaitUninterruptibly(CLOSE_MILLIS);
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
