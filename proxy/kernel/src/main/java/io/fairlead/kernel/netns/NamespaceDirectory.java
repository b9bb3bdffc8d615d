package io.fairlead.kernel.netns;

import static io.fairlead.kernel.Libc.LIBC;
import static io.fairlead.kernel.Libc.check;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.Libc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * The names of namespaces: bind mounts under {@code /run/netns}, laid out as iproute2 does it (ip-netns(8)), so that
 * {@code ip netns} sees ours and we see those of others.
 *
 * <p>Thread-safe; other processes are kept out by the same lock that iproute2 takes.
 */
final class NamespaceDirectory {

    private static final Path DIRECTORY = Path.of("/run/netns");
    private static final int NAME_BYTES_MAX = 255;

    private NamespaceDirectory() {}

    static Path path(String name) {
        boolean plain = !name.isEmpty() && !name.equals(".") && !name.equals("..");
        if (!plain
                || name.indexOf('/') >= 0
                || name.indexOf('\0') >= 0
                || name.getBytes(StandardCharsets.UTF_8).length > NAME_BYTES_MAX) {
            throw new IllegalArgumentException("'" + name + "' cannot name a network namespace");
        }
        return DIRECTORY.resolve(name);
    }

    static List<String> names() {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(DIRECTORY)) {
            entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
        } catch (NoSuchFileException nobodyMadeOneYet) {
            return List.of();
        } catch (IOException e) {
            throw failed("list", DIRECTORY, e);
        }
        names.sort(null);
        return List.copyOf(names);
    }

    /** Gives the calling thread's namespace a name. */
    static void nameCurrent(Path path) {
        prepare();
        try {
            Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("---------")));
        } catch (IOException e) {
            throw failed("create", path, e);
        }
        try {
            check(
                    LIBC.mount("/proc/thread-self/ns/net", path.toString(), "none", Libc.MS_BIND, null),
                    "mount a network namespace on",
                    path.toString());
        } catch (KernelException e) {
            remove(path);
            throw e;
        }
    }

    /** Takes a name away; a name that does not exist is fine. */
    static void remove(Path path) {
        if (LIBC.umount2(path.toString(), Libc.MNT_DETACH) < 0) {
            int errno = Libc.errno();
            // EINVAL: a file whose creator died before it could mount.
            if (errno != Errno.ENOENT && errno != Errno.EINVAL) {
                throw new KernelException("unmount network namespace", path.toString(), errno, "");
            }
        }
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw failed("delete", path, e);
        }
    }

    /**
     * Makes the directory a shared mount, so that names made later appear and disappear in every mount namespace;
     * without it a container that was started in between would hold deleted namespaces.
     */
    private static void prepare() {
        try {
            Files.createDirectories(DIRECTORY);
        } catch (IOException e) {
            throw failed("create", DIRECTORY, e);
        }
        String directory = DIRECTORY.toString();
        int fd = check(LIBC.open(directory, Libc.O_RDONLY | Libc.O_CLOEXEC), "open", directory);
        try {
            // Two processes that both find no mount would otherwise stack two.
            check(LIBC.flock(fd, Libc.LOCK_EX), "lock", directory);
            if (share(directory) < 0) {
                long bind = Libc.MS_BIND | Libc.MS_REC;
                check(LIBC.mount(directory, directory, "none", bind, null), "bind", directory);
                check(share(directory), "share", directory);
            }
        } finally {
            LIBC.close(fd);
        }
    }

    private static int share(String directory) {
        return LIBC.mount("", directory, "none", Libc.MS_SHARED | Libc.MS_REC, null);
    }

    private static KernelException failed(String operation, Path path, IOException cause) {
        int errno = cause instanceof FileAlreadyExistsException ? Errno.EEXIST : 0;
        KernelException failure = new KernelException(
                operation + " network namespace", path.toString(), errno, errno == 0 ? cause.toString() : "");
        failure.initCause(cause);
        return failure;
    }
}
