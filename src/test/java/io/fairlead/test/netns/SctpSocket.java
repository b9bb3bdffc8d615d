package io.fairlead.test.netns;

import static io.fairlead.kernel.Libc.LIBC;
import static io.fairlead.kernel.Libc.check;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.Libc;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A socket of SCTP (RFC 9260, sctp(7)), which the JDK has only with a library that few machines have.
 *
 * <p>Each is bound to one address: else its INIT chunks name all addresses of the host, and nothing on the way translates
 * those.
 *
 * <p>Confined to one thread at a time.
 */
final class SctpSocket implements AutoCloseable {

    /** How an attempt to connect ended. */
    enum Connecting {
        CONNECTED,
        REFUSED,
        SILENCE
    }

    private static final int SOCK_SEQPACKET = 5;
    private static final short POLLOUT = 4;
    private static final int SO_ERROR = 4;
    private static final int SO_LINGER = 13;
    private static final int IP = 0;
    private static final int IP_RECVERR = 11;
    private static final int IPV6 = 41;
    private static final int IPV6_RECVERR = 25;
    private static final int IPV6_V6ONLY = 26;

    private static final int ESOCKTNOSUPPORT = 94;
    private static final int ECONNREFUSED = 111;
    private static final int EINPROGRESS = 115;

    private static final int BACKLOG = 128;
    private static final int ADDRESS_BYTES = 28;
    private static final int MESSAGE_BYTES = 256;

    private final IpFamily family;
    private final int fd;
    private final ByteBuffer peer = direct(ADDRESS_BYTES);
    private final ByteBuffer number = direct(Long.BYTES);
    private final ByteBuffer poll = direct(Long.BYTES);
    private final ByteBuffer message = direct(MESSAGE_BYTES);
    private boolean closed;

    private SctpSocket(IpAddress address, int port, int type) {
        this.family = address.family();
        int domain = family == IpFamily.IPV4 ? Libc.AF_INET : Libc.AF_INET6;
        this.fd = check(
                LIBC.socket(domain, type | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK, Protocol.SCTP.number()),
                "open",
                "a socket of SCTP");
        try {
            if (family == IpFamily.IPV6) {
                option(IPV6, IPV6_V6ONLY, 1, 0);
            }
            ByteBuffer own = sockaddr(address, port);
            check(LIBC.bind(fd, own, own.capacity()), "bind SCTP to", address + ", port " + port);
        } catch (KernelException e) {
            close();
            throw e;
        }
    }

    /** Whether the kernel has SCTP: it is asked for a socket. */
    static boolean isThere() {
        int fd = LIBC.socket(Libc.AF_INET, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, Protocol.SCTP.number());
        if (fd < 0) {
            int errno = Libc.errno();
            if (errno == Errno.EPROTONOSUPPORT || errno == ESOCKTNOSUPPORT) {
                return false;
            }
            throw new KernelException("open", "a socket of SCTP", errno, "");
        }
        LIBC.close(fd);
        return true;
    }

    /** One that may connect once, in the namespace of the calling thread. */
    static SctpSocket client(IpAddress address) {
        SctpSocket socket = new SctpSocket(address, 0, Libc.SOCK_STREAM);
        // Without it, an ICMP error is a hint, and the socket goes on asking for a minute.
        boolean v4 = socket.family == IpFamily.IPV4;
        socket.option(v4 ? IP : IPV6, v4 ? IP_RECVERR : IPV6_RECVERR, 1, 0);
        // Closing sends an ABORT, and both ends forget the association at once.
        socket.option(Libc.SOL_SOCKET, SO_LINGER, 1, 0);
        return socket;
    }

    /**
     * One that has associations with many clients at once, in the namespace of the calling thread: there is nothing to
     * be accepted, and messages come and go with the client's address, as datagrams do.
     */
    static SctpSocket server(IpAddress address, int port) {
        SctpSocket socket = new SctpSocket(address, port, SOCK_SEQPACKET);
        check(LIBC.listen(socket.fd, BACKLOG), "listen by SCTP on", address + ", port " + port);
        return socket;
    }

    private void option(int level, int option, int value, int second) {
        number.putInt(0, value).putInt(Integer.BYTES, second);
        int length = option == SO_LINGER ? 2 * Integer.BYTES : Integer.BYTES;
        check(LIBC.setsockopt(fd, level, option, number, length), "set option " + option + " of", "a socket of SCTP");
    }

    int descriptor() {
        return fd;
    }

    Connecting connect(IpAddress address, int port, Duration patience) {
        ByteBuffer target = sockaddr(address, port);
        if (LIBC.connect(fd, target, target.capacity()) < 0) {
            int errno = Libc.errno();
            if (errno != EINPROGRESS) {
                return outcome(errno);
            }
            // What this host refuses by itself it refuses while the call still holds the socket; nobody wakes for that.
            int refused = error();
            if (refused != 0) {
                return outcome(refused);
            }
            if (!await(POLLOUT, patience)) {
                return Connecting.SILENCE;
            }
        }
        return outcome(error());
    }

    private int error() {
        poll.putInt(0, Integer.BYTES);
        check(LIBC.getsockopt(fd, Libc.SOL_SOCKET, SO_ERROR, number, poll), "read the error of", "a socket of SCTP");
        return number.getInt(0);
    }

    private static Connecting outcome(int errno) {
        return switch (errno) {
            case 0 -> Connecting.CONNECTED;
            case ECONNREFUSED -> Connecting.REFUSED;
            default -> Connecting.SILENCE;
        };
    }

    /** Sends a message to whom it is connected. */
    void send(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        message.clear().put(bytes).flip();
        check((int) LIBC.write(fd, message, bytes.length), "send to", "a peer of SCTP");
    }

    /** The next message; empty if none comes in time. */
    String receive(Duration patience) {
        if (!await(Libc.POLLIN, patience)) {
            return "";
        }
        message.clear();
        int length = check((int) LIBC.read(fd, message, MESSAGE_BYTES), "receive from", "a peer of SCTP");
        return text(length);
    }

    private String text(int length) {
        byte[] bytes = new byte[length];
        message.get(0, bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    /**
     * Takes a message of a client.
     *
     * @return false if there is none
     */
    boolean take() {
        number.putInt(0, ADDRESS_BYTES);
        return LIBC.recvfrom(fd, message.clear(), MESSAGE_BYTES, Libc.MSG_DONTWAIT, peer.clear(), number) > 0;
    }

    /** From where the message that was taken came. */
    IpAddress taken() {
        byte[] bytes = new byte[family == IpFamily.IPV4 ? 4 : 16];
        peer.get(family == IpFamily.IPV4 ? 4 : 8, bytes);
        return IpAddress.ofBytes(bytes);
    }

    /** Answers the message that was taken; whether the client is still there, it knows itself. */
    void answer(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        int length = family == IpFamily.IPV4 ? 16 : ADDRESS_BYTES;
        LIBC.sendto(fd, bytes, bytes.length, Libc.MSG_DONTWAIT, peer.clear(), length);
    }

    /** Whether one of the events, or an error, comes in time. */
    private boolean await(short events, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            long left = Math.max(0, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()));
            poll.clear().putInt(0, fd).putInt(4, events);
            int ready = LIBC.poll(poll, 1, (int) left);
            if (ready > 0) {
                return true;
            }
            if (ready == 0 && left == 0) {
                return false;
            }
            if (ready < 0 && Libc.errno() != Errno.EINTR) {
                throw new KernelException("wait for", "a socket of SCTP", Libc.errno(), "");
            }
        }
    }

    /** struct sockaddr_in or sockaddr_in6, linux/in.h and in6.h. */
    private static ByteBuffer sockaddr(IpAddress address, int port) {
        boolean v4 = address.family() == IpFamily.IPV4;
        ByteBuffer bytes = direct(v4 ? 16 : ADDRESS_BYTES);
        bytes.putShort(0, (short) (v4 ? Libc.AF_INET : Libc.AF_INET6));
        bytes.put(2, (byte) (port >> 8)).put(3, (byte) port);
        bytes.put(v4 ? 4 : 8, address.toBytes());
        return bytes;
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            LIBC.close(fd);
        }
    }
}
