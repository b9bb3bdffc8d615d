package io.fairlead.ingress.handover;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Offers this process's listening sockets to the one that takes its place. Who has them can accept our clients'
 * connections, so only the same user may ask: the socket has mode 0600 from its first moment.
 *
 * <p>Thread-safe.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Whoever does not get sockets binds its own.
public final class SocketOffer implements AutoCloseable {

    private static final String BIRTHPLACE = ".new";
    private static final int ANSWER_MILLIS_MAX = 2_000;

    private static final Logger LOG = System.getLogger(SocketOffer.class.getName());

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    /** Connections of those that ask. */
    private final ChannelGroup asking = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

    private final Path socket;
    private final Supplier<List<FileDescriptor>> sockets;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Processes that serve in our place; guarded by the lock. */
    private int successors;
    /** Guarded by this offer's monitor, for which the event loop never waits. */
    private boolean closed;
    /** What listens; guarded by the same. */
    private @Nullable Channel server;

    private SocketOffer(Path socket, Supplier<List<FileDescriptor>> sockets) {
        this.socket = socket;
        this.sockets = sockets;
    }

    /**
     * Offers the sockets, in the place of whoever offered some there before.
     *
     * @param socket path of a unix-domain socket, whose folder is there
     * @throws IOException if it cannot be made
     */
    public static SocketOffer at(Path socket, Supplier<List<FileDescriptor>> sockets) throws IOException {
        SocketOffer offer = new SocketOffer(socket.toAbsolutePath(), sockets);
        try {
            offer.listen();
            return offer;
        } catch (IOException e) {
            offer.close();
            throw e;
        }
    }

    private synchronized void listen() throws IOException {
        Path birthplace = Files.createTempDirectory(socket.resolveSibling("").normalize(), BIRTHPLACE);
        Path born = birthplace.resolve("s");
        try {
            server = new ServerBootstrap()
                    .group(loop)
                    .channel(EpollServerDomainSocketChannel.class)
                    .childHandler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            asking.add(channel);
                            channel.pipeline().addLast(new Successor());
                        }
                    })
                    .bind(new DomainSocketAddress(born.toFile()))
                    .syncUninterruptibly()
                    .channel();
            Files.setPosixFilePermissions(born, PosixFilePermissions.fromString("rw-------"));
            Files.move(born, socket, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(born);
            Files.delete(birthplace);
        }
    }

    /**
     * Offers them again if the process that took our place, and this path with its own offer, is gone before us: the next
     * one would find nobody, and could not listen where we do.
     */
    private synchronized void offerAgain() {
        if (closed || isOffered()) {
            return;
        }
        try {
            listen();
            LOG.log(Level.INFO, "the process that served beside this one is gone");
        } catch (IOException e) {
            LOG.log(Level.WARNING, "no other process can take over these sockets: {0}", e.toString());
        }
    }

    /** Whether somebody answers there; who only listens is on the way out. */
    private boolean isOffered() {
        try (SocketChannel anybody = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                Selector selector = Selector.open()) {
            anybody.write(ByteBuffer.wrap(new byte[] {Command.TAKE.letter()}));
            anybody.configureBlocking(false);
            anybody.register(selector, SelectionKey.OP_READ);
            return selector.select(ANSWER_MILLIS_MAX) > 0;
        } catch (IOException nobody) {
            return false;
        }
    }

    /** Whether another process serves in our place. */
    public boolean hasSuccessor() {
        lock.lock();
        try {
            return successors > 0;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until another process serves in our place; whether one does. */
    public boolean awaitSuccessor(Duration longest) {
        lock.lock();
        try {
            long left = longest.toNanos();
            while (successors == 0 && left > 0) {
                left = changed.awaitNanos(left);
            }
            return successors > 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void count(int more) {
        lock.lock();
        try {
            successors += more;
            changed.signalAll();
            if (successors == 0) {
                Thread.ofVirtual().name("offer again").start(this::offerAgain);
            }
        } finally {
            lock.unlock();
        }
    }

    /** What is left in the file system is another process's by then, or replaced by the next one. */
    @Override
    public synchronized void close() {
        closed = true;
        if (server != null) {
            server.close().syncUninterruptibly();
            // A loop that ends may forget a connection that it is about to make; behind this there is none.
            loop.submit(() -> {}).syncUninterruptibly();
            asking.close().awaitUninterruptibly();
        }
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /**
     * A process that asks.
     *
     * <p>Confined to the offer's event loop.
     */
    private final class Successor extends SimpleChannelInboundHandler<ByteBuf> {

        private boolean serving;

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf asked) {
            byte letter = asked.readByte();
            if (letter == Command.SERVING.letter() && !serving) {
                serving = true;
                count(1);
            } else if (letter == Command.TAKE.letter()) {
                sockets.get().forEach(context::write);
                context.writeAndFlush(context.alloc().buffer(0)).addListener(ChannelFutureListener.CLOSE);
            } else {
                context.close();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (serving) {
                serving = false;
                count(-1);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
