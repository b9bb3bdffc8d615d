package io.fairlead.kernel.netns;

import static io.fairlead.kernel.Libc.LIBC;
import static io.fairlead.kernel.Libc.check;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.Libc;
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

    /** Bytes of struct ucred: pid, uid, gid. */
    private static final int CREDENTIALS_BYTES = 3 * Integer.BYTES;

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
        ByteBuffer address = address(name);
        int fd = socket(name, Libc.SOCK_CLOEXEC);
        if (LIBC.bind(fd, address, address.capacity()) < 0) {
            int errno = Libc.errno();
            LIBC.close(fd);
            if (errno == Errno.EADDRINUSE) {
                return holder(name, address);
            }
            throw new KernelException("take lock", name, errno, "");
        }
        NamespaceLock lock = new NamespaceLock(fd);
        if (LIBC.listen(fd, BACKLOG) < 0) {
            int errno = Libc.errno();
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

    private static Taken holder(String name, ByteBuffer address) {
        int fd = socket(name, Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK);
        try {
            ByteBuffer credentials = direct(CREDENTIALS_BYTES);
            ByteBuffer length = direct(Integer.BYTES).putInt(0, CREDENTIALS_BYTES);
            // Those that the holder had when it called listen (SO_PEERCRED, socket(7)).
            boolean known = LIBC.connect(fd, address, address.capacity()) == 0
                    && LIBC.getsockopt(fd, Libc.SOL_SOCKET, Libc.SO_PEERCRED, credentials, length) == 0;
            return known ? new Taken(credentials.getInt(0), credentials.getInt(Integer.BYTES)) : new Taken(0, -1);
        } finally {
            LIBC.close(fd);
        }
    }

    private static int socket(String name, int flags) {
        return check(LIBC.socket(Libc.AF_UNIX, Libc.SOCK_STREAM | flags, 0), "open socket for lock", name);
    }

    /** struct sockaddr_un: family, then a zero byte that makes the name abstract, then the name without an end. */
    private static ByteBuffer address(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length > NAME_BYTES_MAX) {
            throw new IllegalArgumentException("lock name '" + name + "' must have 1 to 107 bytes");
        }
        return direct(Short.BYTES + 1 + bytes.length)
                .putShort(0, (short) Libc.AF_UNIX)
                .put(Short.BYTES + 1, bytes);
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
}
