package io.fairlead.kernel.netlink;

import java.nio.ByteBuffer;
import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;

/**
 * The socket calls of libc, with the constants of their Linux headers. Buffers must be direct: jnr-ffi passes their
 * address at their position; arrays it copies.
 *
 * <p>Thread-safe: errno belongs to the calling thread.
 */
final class SocketCalls {

    static final int AF_NETLINK = 16;
    static final int SOCK_RAW = 3;
    static final int SOCK_CLOEXEC = 0x80000;

    static final int SOL_SOCKET = 1;
    static final int SO_SNDBUF = 7;
    static final int SO_RCVBUF = 8;
    static final int SO_SNDBUFFORCE = 32;
    static final int SO_RCVBUFFORCE = 33;

    static final int SOL_NETLINK = 270;
    static final int NETLINK_ADD_MEMBERSHIP = 1;
    static final int NETLINK_CAP_ACK = 10;
    static final int NETLINK_EXT_ACK = 11;
    static final int NETLINK_GET_STRICT_CHK = 12;

    static final int MSG_PEEK = 0x2;
    static final int MSG_TRUNC = 0x20;
    static final int MSG_DONTWAIT = 0x40;

    static final short POLLIN = 1;

    static final int EFD_CLOEXEC = 0x80000;
    static final int EFD_NONBLOCK = 0x800;

    static final Libc LIBC = LibraryLoader.create(Libc.class).load("c");

    private static final Runtime RUNTIME = Runtime.getRuntime(LIBC);

    private SocketCalls() {}

    /** The errno of this thread's last call that failed. */
    static int errno() {
        return LastError.getLastError(RUNTIME);
    }

    /** Bound by jnr-ffi: names and order of parameters are those of the manual pages, section 2. */
    public interface Libc {
        int socket(int domain, int type, int protocol);

        int bind(int fd, @In ByteBuffer address, int addressLength);

        int getsockname(int fd, @Out ByteBuffer address, ByteBuffer addressLength);

        int setsockopt(int fd, int level, int option, @In ByteBuffer value, int length);

        @ssize_t
        long sendto(
                int fd, @In byte[] buffer, @size_t long length, int flags, @In ByteBuffer address, int addressLength);

        @ssize_t
        long recvfrom(
                int fd,
                @Out ByteBuffer buffer,
                @size_t long length,
                int flags,
                @Out ByteBuffer address,
                ByteBuffer addressLength);

        int poll(ByteBuffer descriptors, @size_t long count, int timeoutMillis);

        int eventfd(int initial, int flags);

        @ssize_t
        long write(int fd, @In ByteBuffer buffer, @size_t long length);

        @ssize_t
        long read(int fd, @Out ByteBuffer buffer, @size_t long length);

        int close(int fd);
    }
}
