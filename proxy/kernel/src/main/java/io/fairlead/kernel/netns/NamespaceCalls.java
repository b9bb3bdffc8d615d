package io.fairlead.kernel.netns;

import io.fairlead.kernel.KernelException;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;
import org.jspecify.annotations.Nullable;

/**
 * The functions of libc that namespaces need, and their constants on Linux (sched.h, sys/mount.h, fcntl.h).
 *
 * <p>Thread-safe.
 */
final class NamespaceCalls {

    static final int CLONE_NEWNET = 0x4000_0000;
    static final int O_RDONLY = 0;
    static final int O_CLOEXEC = 0x8_0000;
    static final long MS_BIND = 0x1000;
    static final long MS_REC = 0x4000;
    static final long MS_SHARED = 0x10_0000;
    static final int MNT_DETACH = 2;
    static final int LOCK_EX = 2;
    /** linux/nsfs.h: which kind of namespace a file descriptor is. */
    static final long NS_GET_NSTYPE = 0xb703;

    static final Native LIBC = LibraryLoader.create(Native.class).load("c");

    private NamespaceCalls() {}

    /** Public because the generated binding lives in another class loader. */
    public interface Native {
        int open(String path, int flags);

        int close(int fd);

        int setns(int fd, int type);

        int unshare(int flags);

        int ioctl(int fd, long request);

        int flock(int fd, int operation);

        int mount(String source, String target, String type, long flags, @Nullable Pointer data);

        int umount2(String target, int flags);

        int socket(int domain, int type, int protocol);

        int bind(int fd, @In byte[] address, int length);

        int connect(int fd, @In byte[] address, int length);

        int listen(int fd, int backlog);

        int getsockopt(int fd, int level, int option, @Out int[] value, @In @Out int[] length);
    }

    /** The errno of this thread's last call. */
    static int errno() {
        return Runtime.getRuntime(LIBC).getLastError();
    }

    /** Passes a result on, or turns -1 into an exception. */
    static int check(int result, String operation, String target) {
        if (result < 0) {
            throw new KernelException(operation, target, errno(), "");
        }
        return result;
    }
}
