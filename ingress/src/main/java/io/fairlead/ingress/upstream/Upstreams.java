package io.fairlead.ingress.upstream;

import io.fairlead.ingress.loop.Worker;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import org.jspecify.annotations.Nullable;

/**
 * The ways from one event loop to all backends.
 *
 * <p>Confined to the event loop's thread of its worker.
 */
public final class Upstreams {

    private final Worker worker;
    private final UpstreamSettings settings;
    private final Bootstrap bootstrap;

    /** @param channel the class of sockets that fits the worker's event loop */
    public Upstreams(Worker worker, Class<? extends Channel> channel, UpstreamSettings settings) {
        this.worker = worker;
        this.settings = settings;
        bootstrap = new Bootstrap()
                .group(worker.loop())
                .channel(channel)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.ALLOCATOR, ByteBufAllocator.DEFAULT);
    }

    /**
     * Hot path: a connection that waits for a request, claimed for the receiver.
     *
     * @return null if there is none, and {@link #connect} makes one
     */
    @Nullable
    public Upstream idle(Backend backend, AnswerReceiver receiver) {
        BackendPool pool = backend.pool(worker.index());
        if (backend.connection().protocol().http2()) {
            return pool.http2().claim(receiver);
        }
        if (!pool.hasIdle()) {
            return null;
        }
        Http1Upstream connection = pool.take();
        connection.claim(receiver);
        return connection;
    }

    /** Connects, and says so to the receiver unless the attempt is given up before. */
    public Connecting connect(Backend backend, int timeoutMillis, AnswerReceiver receiver) {
        BackendPool pool = backend.pool(worker.index());
        if (backend.connection().protocol().http2()) {
            return connectHttp2(backend, pool, timeoutMillis).join(receiver);
        }
        Http1Upstream connection = new Http1Upstream(worker, pool, settings);
        Attempt attempt = new Attempt(connection, pool, receiver);
        connect(backend, timeoutMillis, connection).addListener(attempt);
        return attempt;
    }

    private ChannelFuture connect(Backend backend, int timeoutMillis, ChannelHandler handler) {
        return bootstrap
                .clone()
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMillis)
                .handler(handler)
                .connect(backend.address());
    }

    /** The attempt under way that has room for a request, or another one. */
    private Http2Attempt connectHttp2(Backend backend, BackendPool pool, int timeoutMillis) {
        Http2Attempt underWay = pool.http2().attempt();
        if (underWay != null) {
            return underWay;
        }
        Http2BackendLink link = new Http2BackendLink(worker, pool, settings);
        Http2Attempt attempt = new Http2Attempt(link, pool, settings.http2().streamsMax());
        pool.http2().begin(attempt);
        connect(backend, timeoutMillis, link).addListener(attempt);
        return attempt;
    }

    /**
     * Somebody who waits for a connection. It counts as a request under way, so that a backend that does not answer gets
     * fewer.
     *
     * <p>Confined to the event loop's thread of its worker.
     */
    public interface Connecting {

        /** Gives it up: the receiver hears nothing. */
        void cancel();
    }

    /**
     * An attempt to connect, for one request.
     *
     * <p>Confined to the event loop's thread of its worker.
     */
    @SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for a connection that is closed.
    private static final class Attempt implements Connecting, ChannelFutureListener {

        private final Http1Upstream connection;
        private final BackendPool pool;

        @Nullable
        private AnswerReceiver receiver;

        private Attempt(Http1Upstream connection, BackendPool pool, AnswerReceiver receiver) {
            this.connection = connection;
            this.pool = pool;
            this.receiver = receiver;
            pool.began();
        }

        @Override
        public void cancel() {
            receiver = null;
        }

        @Override
        public void operationComplete(ChannelFuture done) {
            pool.ended();
            AnswerReceiver waiting = receiver;
            receiver = null;
            if (waiting == null) {
                done.channel().close();
            } else if (done.isSuccess()) {
                connection.claim(waiting);
                waiting.onUpstream(connection);
            } else {
                waiting.onBroken(UpstreamFault.CONNECT);
            }
        }
    }
}
