package io.fairlead.ingress.proxy;

import io.fairlead.ingress.loop.Worker;
import io.fairlead.ingress.upstream.UpstreamSettings;
import io.fairlead.ingress.upstream.Upstreams;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * The event loops, and the listening sockets whose connections they carry.
 *
 * <p>Thread-safe.
 */
public final class ProxyServer implements AutoCloseable {

    private final Transport transport;
    private final EventLoopGroup loops;
    private final ProxySettings settings;
    private final RoutingReference routings;
    private final List<Worker> workers = new ArrayList<>();
    private final IdentityHashMap<EventLoop, Parts> parts = new IdentityHashMap<>();

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
    public Channel listen(InetSocketAddress address) {
        return new ServerBootstrap()
                .group(loops)
                .channel(transport.serverChannel())
                .option(ChannelOption.SO_BACKLOG, 4096)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        Parts own = Objects.requireNonNull(parts.get(channel.eventLoop()));
                        Client client = new Client(
                                channel.remoteAddress(), channel.localAddress().getPort(), false);
                        channel.pipeline()
                                .addLast(
                                        new Http1Downstream(own.worker(), settings, routings, own.upstreams(), client));
                    }
                })
                .bind(address)
                .syncUninterruptibly()
                .channel();
    }

    /** Ends all connections and loops. */
    @Override
    public void close() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
