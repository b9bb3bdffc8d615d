package io.fairlead.ingress.proxy;

import io.fairlead.ingress.loop.Deadline;
import io.fairlead.ingress.loop.Worker;
import io.fairlead.ingress.route.policy.LoadBalancing;
import io.fairlead.ingress.upstream.Backend;
import io.fairlead.ingress.upstream.UpstreamGroup;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a connection whose bytes go to a backend as they are. What the other side does not take is not read.
 * The first one, at the client's connection, makes the connection to the backend; it has the second one.
 *
 * <p>Confined to the event loop's thread of both connections.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A write that fails is an exception of the connection.
final class Passthrough extends ChannelInboundHandlerAdapter {

    private static final int CONNECT_MILLIS = 5_000;

    private final Worker worker;
    private final long idleNanos;
    private final Deadline idle;
    private final Deque<Object> held = new ArrayDeque<>();

    @Nullable
    private Channel other;

    private Passthrough(Worker worker, long idleMillis) {
        this.worker = worker;
        idleNanos = TimeUnit.MILLISECONDS.toNanos(idleMillis);
        idle = worker.deadline(this::close);
    }

    @Nullable
    private Channel own;

    /**
     * Begins to connect to an endpoint of the group; without any, the client's connection is closed.
     *
     * @return the handler for the client's connection
     */
    static Passthrough to(
            UpstreamGroup group, Worker worker, Channel client, Class<? extends Channel> sockets, long idleMillis) {
        Passthrough downstream = new Passthrough(worker, idleMillis);
        Backend backend = group.choose(worker, LoadBalancing.Algorithm.LEAST_REQUEST_OF_TWO, null);
        if (backend == null) {
            client.close();
            return downstream;
        }
        client.config().setAutoRead(false);
        Passthrough upstream = new Passthrough(worker, idleMillis);
        upstream.other = client;
        new Bootstrap()
                .group(worker.loop())
                .channel(sockets)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .handler(upstream)
                .connect(backend.address())
                .addListener((ChannelFutureListener) done -> downstream.connected(client, done));
        return downstream;
    }

    private void connected(Channel client, ChannelFuture done) {
        if (!done.isSuccess() || !client.isActive()) {
            done.channel().close();
            client.close();
            return;
        }
        other = done.channel();
        while (!held.isEmpty()) {
            done.channel().write(held.poll(), done.channel().voidPromise());
        }
        done.channel().flush();
        client.config().setAutoRead(true);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        own = context.channel();
        touch();
    }

    private void touch() {
        idle.set(worker.nanoTime() + idleNanos);
    }

    private void close() {
        if (own != null) {
            own.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        touch();
        Channel to = other;
        if (to == null) {
            held.add(bytes);
            return;
        }
        to.write(bytes, to.voidPromise());
        if (!to.isWritable()) {
            context.channel().config().setAutoRead(false);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (other != null) {
            other.flush();
        }
    }

    /** What is written here comes from the other side. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (other != null && context.channel().isWritable()) {
            other.config().setAutoRead(true);
            touch();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (other != null && other.isActive()) {
            other.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        idle.end();
        held.forEach(ReferenceCountUtil::release);
        held.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
