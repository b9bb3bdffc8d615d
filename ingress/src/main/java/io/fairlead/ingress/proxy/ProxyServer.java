package io.fairlead.ingress.proxy;

import io.fairlead.ingress.loop.Worker;
import io.fairlead.ingress.proxy.proxyprotocol.ProxyHeaderReader;
import io.fairlead.ingress.tls.TlsConnection;
import io.fairlead.ingress.tls.TlsListener;
import io.fairlead.ingress.tls.TlsSelector;
import io.fairlead.ingress.tls.hello.HelloFault;
import io.fairlead.ingress.upstream.UpstreamGroup;
import io.fairlead.ingress.upstream.UpstreamSettings;
import io.fairlead.ingress.upstream.Upstreams;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.ChannelGroupFuture;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * The event loops, and the listening sockets whose connections they carry.
 *
 * <p>Thread-safe.
 */
public final class ProxyServer implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(ProxyServer.class.getName());
    private static final int BACKLOG = 4096;
    private static final long CLOSE_MILLIS = 1_000;

    private final Transport transport;
    private final EventLoopGroup loops;
    private final ProxySettings settings;
    private final RoutingReference routings;
    private final List<Worker> workers = new ArrayList<>();
    private final IdentityHashMap<EventLoop, Parts> parts = new IdentityHashMap<>();

    private final List<Channel> listening = new CopyOnWriteArrayList<>();
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

    private record Parts(Worker worker, Upstreams upstreams) {}

    public ProxyServer(
            Transport transport,
            int loopCount,
            ProxySettings settings,
            UpstreamSettings upstreamSettings,
            RoutingReference routings) {
        this.transport = transport;
        this.settings = settings;
        this.routings = routings;
        loops = new MultiThreadIoEventLoopGroup(loopCount, transport.handlers());
        for (EventExecutor each : loops) {
            EventLoop loop = (EventLoop) each;
            Worker worker = new Worker(loop, workers.size());
            workers.add(worker);
            parts.put(loop, new Parts(worker, new Upstreams(worker, transport.clientChannel(), upstreamSettings)));
        }
    }

    /** One for each event loop. */
    public List<Worker> workers() {
        return List.copyOf(workers);
    }

    /** Begins to accept connections. */
    public void listen(Listener listener) {
        Channel bound = new ServerBootstrap()
                .group(loops)
                .channel(transport.serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        accepted(channel, listener);
                    }
                })
                .bind(listener.address())
                .syncUninterruptibly()
                .channel();
        listening.add(bound);
    }

    /** Where it listens. */
    public List<InetSocketAddress> addresses() {
        return listening.stream()
                .map(channel -> (InetSocketAddress) channel.localAddress())
                .toList();
    }

    private void accepted(SocketChannel channel, Listener listener) {
        connections.add(channel);
        if (listener.proxyProtocol()) {
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
            Client client = new Client(source, destination.getPort(), null);
            channel.pipeline().addLast(new PrefaceSniffer(exchanges(own, client)));
            return;
        }
        channel.pipeline()
                .addLast(new TlsSelector<>(listener.tls().get(), new Handshakes(own)))
                .addLast(new TlsHandshake(done -> speak(done, own, source, destination.getPort())));
    }

    private void speak(Channel channel, Parts own, InetSocketAddress source, int port) {
        TlsConnection tls = Objects.requireNonNull(TlsConnection.of(channel));
        Exchanges exchanges = exchanges(own, new Client(source, port, tls));
        channel.pipeline().addLast(tls.isHttp2() ? exchanges.http2() : exchanges.http1());
    }

    private Exchanges exchanges(Parts own, Client client) {
        return new Exchanges(own.worker(), settings, routings, own.upstreams(), client);
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

    /**
     * Accepts no more connections, ends those that carry no request, and waits until the others ended.
     *
     * @param longest after which they are closed whatever they carry
     */
    public void drain(Duration longest) {
        listening.forEach(each -> each.close().syncUninterruptibly());
        connections.forEach(
                channel -> channel.eventLoop().execute(() -> channel.pipeline().fireUserEventTriggered(Drain.BEGUN)));
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
