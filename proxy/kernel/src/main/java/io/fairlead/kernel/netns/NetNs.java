package io.fairlead.kernel.netns;

import static io.fairlead.kernel.Libc.CLONE_NEWNET;
import static io.fairlead.kernel.Libc.LIBC;
import static io.fairlead.kernel.Libc.check;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.Libc;
import java.io.IOException;
import java.io.Serial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An open network namespace (network_namespaces(7)): it lives at least as long as it is open.
 *
 * <p>A namespace belongs to a thread. What is opened inside {@link #run} (sockets, files under {@code /proc/sys/net})
 * stays with this namespace afterwards, and processes and platform threads that are started inside are born in it.
 * Virtual threads cannot enter, and must not be started inside either: their carriers would be born there and would
 * serve the rest of the program from the wrong namespace. {@code java.net.NetworkInterface} is of no use inside: it
 * reads {@code /proc/net}, which is always that of the main thread.
 *
 * <p>Thread-safe.
 */
public final class NetNs implements AutoCloseable {

    /** As {@link Supplier}, but may throw. */
    @FunctionalInterface
    public interface Body<T extends @Nullable Object, X extends Exception> {
        T run() throws X;
    }

    /** As {@link Runnable}, but may throw. */
    @FunctionalInterface
    public interface Action<X extends Exception> {
        void run() throws X;
    }

    /**
     * The thread could not return to the namespace it came from and must end: whatever it does next happens in the
     * wrong network.
     *
     * <p>Immutable.
     */
    public static final class StrandedThreadError extends Error {
        @Serial
        private static final long serialVersionUID = 1L;

        StrandedThreadError(KernelException cause) {
            super("thread " + Thread.currentThread().getName() + " is stranded in a foreign network namespace", cause);
        }
    }

    private static final String OF_THIS_THREAD = "/proc/thread-self/ns/net";
    private static final int CLOSED = -1;

    private final String label;
    private int fd;

    private NetNs(String label, int fd) {
        this.label = label;
        this.fd = fd;
    }

    /**
     * Makes a namespace that {@code ip netns} lists under this name. As there, its loopback link is down.
     *
     * @throws KernelException EEXIST if the name is taken
     */
    public static NetNs create(String name) {
        Path path = NamespaceDirectory.path(name);
        return inFreshNamespace(name, () -> {
            NamespaceDirectory.nameCurrent(path);
            return open(name);
        });
    }

    /** Makes a namespace without a name; the kernel removes it when nothing uses it any more. */
    public static NetNs anonymous() {
        return inFreshNamespace("anonymous network namespace", NetNs::current);
    }

    /** The names under {@code /run/netns}, sorted, whoever made them. */
    public static List<String> names() {
        return NamespaceDirectory.names();
    }

    /**
     * Takes a name away; a name that does not exist is fine. The namespace itself lives on until nothing uses it.
     */
    public static void delete(String name) {
        NamespaceDirectory.remove(NamespaceDirectory.path(name));
    }

    /** @throws KernelException ENOENT if there is no such name */
    public static NetNs open(String name) {
        return openPath(NamespaceDirectory.path(name));
    }

    /** The namespace that is mounted on a path, or of a {@code /proc/PID/ns/net}. */
    public static NetNs openPath(Path path) {
        String label = path.toString();
        int flags = Libc.O_RDONLY | Libc.O_CLOEXEC;
        NetNs opened = new NetNs(label, check(LIBC.open(label, flags), "open network namespace", label));
        if (LIBC.ioctl(opened.fd, Libc.NS_GET_NSTYPE) != CLONE_NEWNET) {
            opened.close();
            throw new KernelException("open network namespace", label, Errno.EINVAL, "it is something else");
        }
        return opened;
    }

    /** The namespace of a process. */
    public static NetNs ofProcess(long pid) {
        return openPath(Path.of("/proc/" + pid + "/ns/net"));
    }

    /** The namespace of the calling platform thread. */
    public static NetNs current() {
        requirePlatformThread();
        return openPath(Path.of(OF_THIS_THREAD));
    }

    /**
     * Runs something inside, on the calling platform thread, and returns to where the thread was.
     *
     * @throws StrandedThreadError if it cannot return; the thread must end then
     */
    public <T extends @Nullable Object, X extends Exception> T run(Body<T, X> body) throws X {
        requirePlatformThread();
        int origin = check(
                LIBC.open(OF_THIS_THREAD, Libc.O_RDONLY | Libc.O_CLOEXEC), "open network namespace", OF_THIS_THREAD);
        try {
            enter();
            try {
                return body.run();
            } finally {
                leaveFor(origin);
            }
        } finally {
            LIBC.close(origin);
        }
    }

    /** As the other {@code run}, without a result. */
    public <X extends Exception> void run(Action<X> action) throws X {
        Body<Boolean, X> body = () -> {
            action.run();
            return true;
        };
        run(body);
    }

    /** Starts a platform daemon thread that lives in this namespace. */
    public Thread start(String threadName, Runnable body) {
        Thread thread = Thread.ofPlatform().daemon().name(threadName).unstarted(body);
        // clone(2): a thread is born in the namespace of the thread that starts it.
        run(thread::start);
        return thread;
    }

    /** What {@code readlink /proc/PID/ns/net} shows in brackets: equal for two handles of one namespace. */
    public synchronized long inode() {
        Path file = Path.of("/proc/self/fd/" + requireOpen());
        try {
            return (long) Files.getAttribute(file, "unix:ino");
        } catch (IOException e) {
            throw new KernelException("stat network namespace", label, 0, e.toString());
        }
    }

    /**
     * The file descriptor, for netlink messages that name another namespace (IFLA_NET_NS_FD); valid until
     * {@link #close}.
     */
    public synchronized int fd() {
        return requireOpen();
    }

    @Override
    public synchronized void close() {
        if (fd != CLOSED) {
            LIBC.close(fd);
            fd = CLOSED;
        }
    }

    @Override
    public String toString() {
        return label;
    }

    // Synchronized with close(): a closed descriptor's number may belong to another file by now.
    private synchronized void enter() {
        check(LIBC.setns(requireOpen(), CLONE_NEWNET), "enter network namespace", label);
    }

    private static void leaveFor(int origin) {
        if (LIBC.setns(origin, CLONE_NEWNET) < 0) {
            throw new StrandedThreadError(
                    new KernelException("return to network namespace", "of before", Libc.errno(), ""));
        }
    }

    private int requireOpen() {
        if (fd == CLOSED) {
            throw new IllegalStateException("network namespace " + label + " is closed");
        }
        return fd;
    }

    private static void requirePlatformThread() {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a virtual thread has no network namespace of its own");
        }
    }

    /** On a thread that ends afterwards, so that there is nothing to return to. */
    private static NetNs inFreshNamespace(String label, Supplier<NetNs> body) {
        Supplier<NetNs> unshared = () -> {
            check(LIBC.unshare(CLONE_NEWNET), "create network namespace", label);
            return body.get();
        };
        try {
            return CompletableFuture.supplyAsync(
                            unshared,
                            task -> Thread.ofPlatform().name("netns " + label).start(task))
                    .join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof KernelException refused) {
                throw refused;
            }
            throw e;
        }
    }
}
