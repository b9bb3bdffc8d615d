package io.fairlead.ingress.handover;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Listening sockets of the process whose place this one takes.
 *
 * <p>Confined to one thread at a time.
 */
@SuppressWarnings("FutureReturnValueIgnored") // What cannot be taken is bound instead.
public final class TakenSockets implements AutoCloseable {

    private static final Logger LOG = System.getLogger(TakenSockets.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int SOCKETS_MAX = 64;

    private final Path offer;
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final List<EpollServerSocketChannel> sockets = new ArrayList<>();

    /** To the process before, which was told that this one serves. */
    @Nullable
    private Channel told;

    private TakenSockets(Path offer) {
        this.offer = offer;
    }

    /** Takes those that are offered at this path: none if nobody is there. */
    public static TakenSockets from(Path offer) {
        TakenSockets taken = new TakenSockets(offer);
        if (Files.exists(offer)) {
            taken.take();
        }
        return taken;
    }

    private void take() {
        List<FileDescriptor> received = new ArrayList<>();
        ChannelFuture connected =
                connect(DomainSocketReadMode.FILE_DESCRIPTORS, Command.TAKE, new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext context, Object message) {
                        if (message instanceof FileDescriptor socket && received.size() < SOCKETS_MAX) {
                            received.add(socket);
                        } else {
                            context.close();
                        }
                    }
                });
        if (!connected.isSuccess()) {
            LOG.log(Level.DEBUG, "nobody offers sockets at {0}: {1}", offer, connected.cause());
            return;
        }
        boolean all = connected.channel().closeFuture().awaitUninterruptibly(PATIENCE.toMillis());
        if (!all) {
            connected.channel().close().syncUninterruptibly();
        }
        received.forEach(socket -> sockets.add(new EpollServerSocketChannel(socket.intValue())));
    }

    private ChannelFuture connect(DomainSocketReadMode mode, Command command, ChannelInboundHandlerAdapter handler) {
        ChannelFuture connected = new Bootstrap()
                .group(loop)
                .channel(EpollDomainSocketChannel.class)
                .option(EpollChannelOption.DOMAIN_SOCKET_READ_MODE, mode)
                .handler(handler)
                .connect(new DomainSocketAddress(offer.toFile()))
                .awaitUninterruptibly();
        if (connected.isSuccess()) {
            connected
                    .channel()
                    .writeAndFlush(Unpooled.wrappedBuffer(new byte[] {command.letter()}))
                    .awaitUninterruptibly();
        }
        return connected;
    }

    /** That which listens at an address, if one does; it is the caller's then. */
    public Optional<EpollServerSocketChannel> find(InetSocketAddress wanted) {
        for (Iterator<EpollServerSocketChannel> each = sockets.iterator(); each.hasNext(); ) {
            EpollServerSocketChannel socket = each.next();
            if (isAt(socket.localAddress(), wanted)) {
                each.remove();
                return Optional.of(socket);
            }
        }
        return Optional.empty();
    }

    /** The unspecified address of either family stands for all of both. */
    private static boolean isAt(InetSocketAddress is, InetSocketAddress wanted) {
        boolean any = is.getAddress().isAnyLocalAddress() && wanted.getAddress().isAnyLocalAddress();
        return is.getPort() == wanted.getPort() && (any || is.getAddress().equals(wanted.getAddress()));
    }

    /**
     * Says that this process accepts connections, for as long as it lives, and gives back what nobody wanted. To be called
     * before this process makes an offer of its own.
     */
    public void serving() {
        closeUnused();
        if (Files.exists(offer)) {
            told = connect(DomainSocketReadMode.BYTES, Command.SERVING, new ChannelInboundHandlerAdapter())
                    .channel();
            LOG.log(Level.DEBUG, "said to the process before that this one serves: {0}", told);
        }
    }

    /** Whether the process before was told that this one serves, and goes on to let clients in itself. */
    public boolean isPredecessorServing() {
        return told != null && told.isActive();
    }

    private void closeUnused() {
        sockets.forEach(socket -> socket.unsafe().closeForcibly());
        sockets.clear();
    }

    /** The process before has its place back, if it is still there. */
    @Override
    public void close() {
        closeUnused();
        if (told != null) {
            // A loop that ends may forget it, and the process before would wait for us to end.
            told.close().syncUninterruptibly();
        }
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
