package io.fairlead.kernel;

import java.nio.ByteBuffer;
import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;
import org.jspecify.annotations.Nullable;

/**
 * The functions of libc that this module calls, with the constants of their Linux headers. The only class of the module
 * that names jnr-ffi, and one binding for all: each would cost some 40 ms at start.
 *
 * <p>Buffers must be direct: jnr-ffi passes their address at their position; arrays it copies.
 *
 * <p>Thread-safe: errno belongs to the calling thread.
 */
public final class Libc {

    public static final int AF_UNIX = 1;
    public static final int AF_INET = 2;
    public static final int AF_INET6 = 10;
    public static final int AF_NETLINK = 16;
    public static final int SOCK_STREAM = 1;
    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_RAW = 3;
    public static final int SOCK_NONBLOCK = 0x800;
    public static final int SOCK_CLOEXEC = 0x80000;

    public static final int SOL_SOCKET = 1;
    public static final int SO_SNDBUF = 7;
    public static final int SO_RCVBUF = 8;
    public static final int SO_PEERCRED = 17;
    public static final int SO_SNDBUFFORCE = 32;
    public static final int SO_RCVBUFFORCE = 33;

    public static final int SOL_NETLINK = 270;
    public static final int NETLINK_ADD_MEMBERSHIP = 1;
    public static final int NETLINK_CAP_ACK = 10;
    public static final int NETLINK_EXT_ACK = 11;
    public static final int NETLINK_GET_STRICT_CHK = 12;

    public static final int MSG_PEEK = 0x2;
    public static final int MSG_TRUNC = 0x20;
    public static final int MSG_DONTWAIT = 0x40;

    public static final short POLLIN = 1;

    public static final int EFD_NONBLOCK = 0x800;
    public static final int EFD_CLOEXEC = 0x80000;

    public static final int O_RDONLY = 0;
    public static final int O_CLOEXEC = 0x80000;
    public static final int LOCK_EX = 2;

    public static final int CLONE_NEWNET = 0x40000000;
    /** linux/nsfs.h: which kind of namespace a file descriptor is. */
    public static final long NS_GET_NSTYPE = 0xb703;

    public static final long MS_BIND = 0x1000;
    public static final long MS_REC = 0x4000;
    public static final long MS_SHARED = 0x100000;
    public static final int MNT_DETACH = 2;

    /** The functions. */
    public static final Calls LIBC = LibraryLoader.create(Calls.class).load("c");

    private static final Runtime RUNTIME = Runtime.getRuntime(LIBC);

    private Libc() {}

    /**
     * Binds the functions, which takes a tenth of a second once; for a thread of its own that does so while others do
     * something else.
     */
    public static void bind() {
        int _ = errno();
    }

    /** The errno of this thread's last call that failed. */
    public static int errno() {
        return LastError.getLastError(RUNTIME);
    }

    /**
     * Passes a result on.
     *
     * @throws KernelException if it is negative
     */
    public static int check(int result, String operation, String target) {
        if (result < 0) {
            throw new KernelException(operation, target, errno(), "");
        }
        return result;
    }

    /** Bound by jnr-ffi: names and order of parameters are those of the manual pages, section 2. */
    public interface Calls {
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

        int connect(int fd, @In ByteBuffer address, int addressLength);

        int listen(int fd, int backlog);

        int getsockopt(int fd, int level, int option, @Out ByteBuffer value, ByteBuffer length);

        int open(String path, int flags);

        int ioctl(int fd, long request);

        int flock(int fd, int operation);

        int unshare(int flags);

        int setns(int fd, int type);

        int mount(String source, String target, String type, long flags, @Nullable Pointer data);

        int umount2(String target, int flags);
    }
}
