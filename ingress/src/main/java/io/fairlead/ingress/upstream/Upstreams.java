package io.fairlead.ingress.upstream;

import io.fairlead.ingress.loop.Worker;
import io.fairlead.ingress.tls.backend.BackendTlsClient;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The ways from one event loop to all backends.
 *
 * <p>Confined to the event loop's thread of its worker.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Who waits hears it from the future.
public final class Upstreams {

    /** Less than the time after which any common server ends a kept connection; the shortest known is 2 s. */
    private static final long SURE_NANOS = TimeUnit.SECONDS.toNanos(1);

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
     * @param surely whether the request cannot be sent again: it gets no connection that the backend may be closing at
     *     this moment, because nothing was heard on it for a while
     * @return null if there is none, and {@link #connect} makes one
     */
    @Nullable
    public Upstream idle(Backend backend, AnswerReceiver receiver, boolean surely) {
        BackendPool pool = backend.pool(worker.index());
        if (backend.connection().protocol().http2()) {
            return pool.http2().claim(receiver);
        }
        if (!pool.hasIdle() || surely && worker.nanoTime() - pool.newest().idleSinceNanos() > SURE_NANOS) {
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
        connect(backend, timeoutMillis, connection, attempt);
        return attempt;
    }

    /** Who waits for a connection, TLS included. */
    interface Waiting {

        void connected();

        /** There is none; what there was of it is closed. */
        void failed();
    }

    private void connect(Backend backend, int timeoutMillis, ChannelHandler handler, Waiting waiting) {
        BackendTlsClient tls = backend.tls();
        Bootstrap own = bootstrap.clone().option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMillis);
        if (tls == null) {
            own.handler(handler).connect(backend.address()).addListener((ChannelFutureListener) done -> {
                if (done.isSuccess()) {
                    waiting.connected();
                } else {
                    waiting.failed();
                }
            });
            return;
        }
        SslHandler security = tls.newHandler(ByteBufAllocator.DEFAULT, timeoutMillis);
        security.handshakeFuture().addListener(done -> {
            // RFC 9113 section 3.2: a backend that did not choose HTTP/2 does not speak it.
            boolean chosen =
                    !backend.connection().protocol().http2() || tls.protocol().equals(security.applicationProtocol());
            if (done.isSuccess() && chosen) {
                waiting.connected();
                return;
            }
            if (done.isSuccess()) {
                security.closeOutbound();
            }
            waiting.failed();
        });
        own.handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(security, handler);
                    }
                })
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
        connect(backend, timeoutMillis, link, attempt);
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
    private static final class Attempt implements Connecting, Waiting {

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
        public void connected() {
            AnswerReceiver waiting = ended();
            if (waiting == null) {
                connection.close();
            } else {
                connection.claim(waiting);
                waiting.onUpstream(connection);
            }
        }

        @Override
        public void failed() {
            AnswerReceiver waiting = ended();
            if (waiting != null) {
                waiting.onBroken(UpstreamFault.CONNECT);
            }
        }

        @Nullable
        private AnswerReceiver ended() {
            AnswerReceiver waiting = receiver;
            receiver = null;
            pool.ended();
            return waiting;
        }
    }
}
