package io.fairlead.bench.ingress;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.util.function.Supplier;

/**
 * A program that answers as cheaply as a backend can: answers were encoded before, requests are only counted.
 *
 * <p>Confined to the main thread, which ends with the program.
 */
public final class Backend {

    /** Where HTTP/1.1 is spoken: {@code /1k}, {@code /64k} and {@code /1m} say how long the answer is. */
    public static final int WEB_PORT = 9000;

    /** Where gRPC is spoken, in HTTP/2 without TLS. */
    public static final int GRPC_PORT = 9001;

    /** What it says when both ports are open. */
    public static final String READY = "backend is ready";

    private Backend() {}

    @SuppressWarnings("SystemOut") // standard output is how a program of a benchmark reports
    public static void main(String[] words) {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        FixedAnswers answers = new FixedAnswers();
        listen(loops, WEB_PORT, () -> new WebBackend(answers));
        Channel last = listen(loops, GRPC_PORT, GrpcBackend::new);
        System.out.println(READY);
        System.out.flush();
        last.closeFuture().syncUninterruptibly();
    }

    private static Channel listen(EventLoopGroup loops, int port, Supplier<ChannelHandler> handlers) {
        return new ServerBootstrap()
                .group(loops)
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 4096)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(handlers.get());
                    }
                })
                .bind(port)
                .syncUninterruptibly()
                .channel();
    }
}
