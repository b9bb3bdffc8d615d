package io.fairlead.kernel.netns;

import static io.fairlead.kernel.netns.NamespaceCalls.LIBC;
import static io.fairlead.kernel.netns.NamespaceCalls.check;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A lock that at most one process holds in each network namespace, released by the kernel when its holder dies.
 *
 * <p>It is a unix socket bound to an abstract name (unix(7)), because the kernel keeps those names per network
 * namespace, whatever the mounts of the processes are: two agents in two containers on the host network meet here,
 * two agents in two namespaces of one machine do not. It listens only so that others can ask who holds it.
 *
 * <p>Thread-safe.
 */
public final class NamespaceLock implements AutoCloseable {

    /** What came of an attempt. */
    public sealed interface Attempt {}

    /**
     * The lock is ours until it is closed.
     *
     * <p>Immutable.
     */
    public record Acquired(NamespaceLock lock) implements Attempt {}

    /**
     * Somebody else has it.
     *
     * <p>Immutable.
     *
     * @param pid 0 if unknown, or in a pid namespace that we cannot see
     * @param uid -1 if unknown
     */
    public record Taken(int pid, int uid) implements Attempt {}

    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_CLOEXEC = 0x8_0000;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOL_SOCKET = 1;
    private static final int SO_PEERCRED = 17;
    private static final int NAME_BYTES_MAX = 107;
    /** Nobody accepts, so everyone who ever asked stays in the queue. When it is full, askers learn no pid. */
    private static final int BACKLOG = 4096;

    private final int fd;
    private boolean closed;

    private NamespaceLock(int fd) {
        this.fd = fd;
    }

    /**
     * Tries to take the lock in the network namespace of the calling thread.
     *
     * @param name at most 107 bytes; all who compete must use the same
     * @throws KernelException if the kernel refuses for another reason than that the lock is taken
     */
    public static Attempt tryAcquire(String name) {
        byte[] address = address(name);
        int fd = socket(name, SOCK_CLOEXEC);
        if (LIBC.bind(fd, address, address.length) < 0) {
            int errno = NamespaceCalls.errno();
            LIBC.close(fd);
            if (errno == Errno.EADDRINUSE) {
                return holder(name, address);
            }
            throw new KernelException("take lock", name, errno, "");
        }
        NamespaceLock lock = new NamespaceLock(fd);
        if (LIBC.listen(fd, BACKLOG) < 0) {
            int errno = NamespaceCalls.errno();
            lock.close();
            throw new KernelException("take lock", name, errno, "listen");
        }
        return new Acquired(lock);
    }

    /** Releases the lock. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            LIBC.close(fd);
        }
    }

    private static Taken holder(String name, byte[] address) {
        int fd = socket(name, SOCK_CLOEXEC | SOCK_NONBLOCK);
        try {
            // struct ucred of socket(7): the credentials that the holder had when it called listen.
            int[] pidUidGid = {0, -1, -1};
            int[] length = {Integer.BYTES * pidUidGid.length};
            boolean known = LIBC.connect(fd, address, address.length) == 0
                    && LIBC.getsockopt(fd, SOL_SOCKET, SO_PEERCRED, pidUidGid, length) == 0;
            return known ? new Taken(pidUidGid[0], pidUidGid[1]) : new Taken(0, -1);
        } finally {
            LIBC.close(fd);
        }
    }

    private static int socket(String name, int flags) {
        return check(LIBC.socket(AF_UNIX, SOCK_STREAM | flags, 0), "open socket for lock", name);
    }

    /** struct sockaddr_un: family, then a zero byte that makes the name abstract, then the name without an end. */
    private static byte[] address(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length > NAME_BYTES_MAX) {
            throw new IllegalArgumentException("lock name '" + name + "' must have 1 to 107 bytes");
        }
        return ByteBuffer.allocate(Short.BYTES + 1 + bytes.length)
                .order(ByteOrder.nativeOrder())
                .putShort((short) AF_UNIX)
                .put((byte) 0)
                .put(bytes)
                .array();
    }
}
