package io.fairlead.kernel.netlink;

import static io.fairlead.kernel.Libc.LIBC;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.Libc;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;

/**
 * A netlink socket in the network namespace of the thread that opens it: it stays there, whoever uses it later.
 *
 * <p>No datagram is ever cut: its length is asked first, and the buffer grows to it. Datagrams that do not come from
 * the kernel are passed over.
 *
 * <p>Confined to one thread at a time, but for {@link #wakeup()}, which is thread-safe.
 */
public final class NetlinkSocket implements AutoCloseable {

    /** How {@link #receive} ended. */
    public enum Received {
        /** A datagram is there. */
        MESSAGES,
        /** Nothing came in time. */
        TIMEOUT,
        /** {@link NetlinkSocket#wakeup()} was called. */
        WOKEN,
        /**
         * ENOBUFS: the kernel dropped messages since the last call because the receive buffer was full. Whatever was
         * built from notifications is out of date and must be read again; an unanswered request must be asked again.
         */
        LOST
    }

    /** Longest datagram that can be sent: a batch of some 800,000 set elements. */
    public static final int SEND_BYTES_MAX = 64 << 20;

    private static final int RECEIVE_QUEUE_BYTES = 4 << 20;
    private static final int RECEIVE_BYTES = 64 << 10;
    private static final int ADDRESS_BYTES = 12;
    private static final int PORT_OFFSET = 4;

    private final NetlinkProtocol protocol;
    private final int socket;
    private final int wakeup;
    private final int portId;
    private final ByteBuffer address = direct(ADDRESS_BYTES);
    private final ByteBuffer length = direct(Integer.BYTES);
    private final ByteBuffer poll = direct(2 * Long.BYTES);
    private final ByteBuffer counter = direct(Long.BYTES);
    private ByteBuffer datagram = direct(RECEIVE_BYTES);
    private byte[] bytes = new byte[RECEIVE_BYTES];
    private boolean closed;

    private NetlinkSocket(NetlinkProtocol protocol) {
        this.protocol = protocol;
        this.socket = LIBC.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, protocol.number());
        if (socket < 0) {
            throw failure("open");
        }
        this.wakeup = LIBC.eventfd(0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK);
        if (wakeup < 0) {
            KernelException failure = failure("open wake-up descriptor of");
            LIBC.close(socket);
            throw failure;
        }
        try {
            configure();
            this.portId = bind();
        } catch (KernelException e) {
            close();
            throw e;
        }
    }

    /** @throws KernelException if the kernel lacks the protocol or refuses */
    public static NetlinkSocket open(NetlinkProtocol protocol) {
        return new NetlinkSocket(protocol);
    }

    private void configure() {
        if (!option(Libc.SOL_SOCKET, Libc.SO_SNDBUFFORCE, SEND_BYTES_MAX)) {
            option(Libc.SOL_SOCKET, Libc.SO_SNDBUF, SEND_BYTES_MAX);
        }
        if (!option(Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, RECEIVE_QUEUE_BYTES)) {
            option(Libc.SOL_SOCKET, Libc.SO_RCVBUF, RECEIVE_QUEUE_BYTES);
        }
        // Errors come with the kernel's own words and without a copy of the request. Both are comforts (kernel 4.3 and
        // 4.12), so a kernel without them is served too.
        option(Libc.SOL_NETLINK, Libc.NETLINK_CAP_ACK, 1);
        option(Libc.SOL_NETLINK, Libc.NETLINK_EXT_ACK, 1);
        if (protocol == NetlinkProtocol.ROUTE) {
            // Without it (kernel 4.20) rtnetlink ignores the filters of a dump.
            option(Libc.SOL_NETLINK, Libc.NETLINK_GET_STRICT_CHK, 1);
        }
    }

    private boolean option(int level, int option, int value) {
        return LIBC.setsockopt(socket, level, option, length.putInt(0, value), Integer.BYTES) == 0;
    }

    private int bind() {
        address.putLong(0, 0).putInt(Long.BYTES, 0).putShort(0, (short) Libc.AF_NETLINK);
        length.putInt(0, ADDRESS_BYTES);
        if (LIBC.bind(socket, address, ADDRESS_BYTES) < 0 || LIBC.getsockname(socket, address, length) < 0) {
            throw failure("bind");
        }
        return address.getInt(PORT_OFFSET);
    }

    /** The kernel's name for this socket, unique in its network namespace. */
    public int portId() {
        return portId;
    }

    /**
     * Subscribes to notifications.
     *
     * @param group a group number (RTNLGRP_*, NFNLGRP_*), not a bit mask
     */
    public void subscribe(int group) {
        if (!option(Libc.SOL_NETLINK, Libc.NETLINK_ADD_MEMBERSHIP, group)) {
            throw failure("subscribe to group " + group + " of");
        }
    }

    /**
     * Sends everything that was written as one datagram.
     *
     * @throws KernelException if the kernel does not take the datagram; what the kernel thinks of its messages comes
     *     back by {@link #receive}
     */
    public void send(NetlinkWriter writer) {
        address.putInt(PORT_OFFSET, 0);
        if (LIBC.sendto(socket, writer.buffer(), writer.size(), 0, address, ADDRESS_BYTES) < 0) {
            throw failure("send " + writer.size() + " bytes to");
        }
    }

    /**
     * Receives one datagram.
     *
     * @param messages set to the datagram's messages; they are valid until the next call
     * @param timeoutMillis how long to wait: 0 not at all, negative for ever
     */
    public Received receive(NetlinkMessage messages, int timeoutMillis) {
        while (true) {
            length.putInt(0, ADDRESS_BYTES);
            long size = LIBC.recvfrom(
                    socket, datagram, 0, Libc.MSG_PEEK | Libc.MSG_TRUNC | Libc.MSG_DONTWAIT, address, length);
            if (size >= 0) {
                if (take(Math.toIntExact(size), messages)) {
                    return Received.MESSAGES;
                }
                continue;
            }
            int errno = Libc.errno();
            if (errno == Errno.ENOBUFS) {
                return Received.LOST;
            }
            if (errno != Errno.EAGAIN && errno != Errno.EINTR) {
                throw failure("receive from");
            }
            if (errno == Errno.EAGAIN) {
                Received waited = await(timeoutMillis);
                if (waited != Received.MESSAGES) {
                    return waited;
                }
            }
        }
    }

    private boolean take(int size, NetlinkMessage messages) {
        if (size > datagram.capacity()) {
            datagram = direct(size);
            bytes = new byte[size];
        }
        long taken = LIBC.recvfrom(socket, datagram, datagram.capacity(), Libc.MSG_TRUNC, address, length);
        if (taken < 0) {
            throw failure("receive from");
        }
        if (taken > datagram.capacity()) {
            throw new KernelException("receive from", name(), 0, "a datagram of " + taken + " bytes was cut");
        }
        datagram.get(0, bytes, 0, (int) taken);
        messages.reset(bytes, (int) taken);
        return address.getInt(PORT_OFFSET) == 0;
    }

    /** MESSAGES here means: look again. */
    private Received await(int timeoutMillis) {
        poll.putInt(0, socket).putInt(4, Libc.POLLIN);
        poll.putInt(8, wakeup).putInt(12, Libc.POLLIN);
        int ready = LIBC.poll(poll, 2, timeoutMillis);
        if (ready < 0) {
            if (Libc.errno() != Errno.EINTR) {
                throw failure("wait for");
            }
            return Received.MESSAGES;
        }
        if (ready == 0) {
            return Received.TIMEOUT;
        }
        boolean woken = poll.getShort(14) != 0 && LIBC.read(wakeup, counter, Long.BYTES) == Long.BYTES;
        return woken ? Received.WOKEN : Received.MESSAGES;
    }

    /** Makes a {@link #receive} that waits, or the next one that would wait, return WOKEN. Safe from any thread. */
    public synchronized void wakeup() {
        if (!closed) {
            LIBC.write(wakeup, direct(Long.BYTES).putLong(0, 1), Long.BYTES);
        }
    }

    /** To be called by the thread that uses the socket: another one calls {@link #wakeup()} first. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            LIBC.close(socket);
            LIBC.close(wakeup);
        }
    }

    private KernelException failure(String operation) {
        return new KernelException(operation, name(), Libc.errno(), "");
    }

    private String name() {
        return "netlink socket (" + protocol.name().toLowerCase(Locale.ROOT) + ")";
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
}
