package io.fairlead.runtime.http;

import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The file of a listening unix-domain socket.
 *
 * <p>Who is alive is decided by a lock on a file beside it, which the kernel gives back when a process dies: holding the
 * lock, a socket that is still there is a dead process's and is replaced; without it, the living owner keeps its socket.
 * The socket is made in a new folder that nobody else may enter and moved into place with its final mode, so that there
 * is no moment in which others could open it. Thread-safe.
 */
final class UnixSocketFile implements Closeable {

    /** sizeof(sun_path) - 1, include/uapi/linux/un.h. */
    private static final int PATH_BYTES_MAX = 107;

    private static final String BIRTHPLACE = ".new";

    private final Path socket;
    private final FileChannel lock;
    private final ServerSocketChannel channel;

    private UnixSocketFile(Path socket, FileChannel lock, ServerSocketChannel channel) {
        this.socket = socket;
        this.lock = lock;
        this.channel = channel;
    }

    /**
     * Takes the path and listens.
     *
     * @throws ListenException if a living process has it, if something other than a socket is there, or for any reason
     *     of the file system
     */
    static UnixSocketFile listen(HttpEndpoint.Unix endpoint, int backlog) {
        Path socket = endpoint.socket().toAbsolutePath();
        try {
            Files.createDirectories(parent(socket));
            FileChannel lock = lock(endpoint, socket);
            try {
                return new UnixSocketFile(socket, lock, bind(endpoint, socket, backlog));
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new ListenException(endpoint, e.toString());
        }
    }

    ServerSocketChannel channel() {
        return channel;
    }

    private static FileChannel lock(HttpEndpoint.Unix endpoint, Path socket) throws IOException {
        String name = socket.getFileName().toString();
        Path file = socket.resolveSibling(name.replaceFirst("\\.sock$", "") + ".lock");
        FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        boolean ours = false;
        try {
            ours = channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            // Held by this very process, which is as alive as any other.
        }
        if (!ours) {
            String owner = read(channel);
            channel.close();
            throw new ListenException(
                    endpoint, "process " + owner + " serves it; stop that one or use another --run-dir");
        }
        channel.truncate(0).write(bytes(Long.toString(ProcessHandle.current().pid())), 0);
        return channel;
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(16);
        channel.read(text, 0);
        String pid = StandardCharsets.US_ASCII.decode(text.flip()).toString();
        return pid.matches("\\d+") ? pid : "of unknown number";
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static ServerSocketChannel bind(HttpEndpoint.Unix endpoint, Path socket, int backlog) throws IOException {
        if (Files.exists(socket, LinkOption.NOFOLLOW_LINKS)
                && !Files.readAttributes(socket, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                        .isOther()) {
            throw new ListenException(endpoint, "what is there is no socket and is left alone; remove it");
        }
        Path birthplace = Files.createTempDirectory(parent(socket), BIRTHPLACE);
        Path born = birthplace.resolve("s");
        try {
            int length = Math.max(
                    born.toString().getBytes(StandardCharsets.UTF_8).length,
                    socket.toString().length());
            if (length > PATH_BYTES_MAX) {
                throw new ListenException(
                        endpoint, "Linux allows " + PATH_BYTES_MAX + " bytes for such a path; use a shorter --run-dir");
            }
            ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.bind(UnixDomainSocketAddress.of(born), backlog);
                Files.setPosixFilePermissions(born, PosixFilePermissions.fromString("rw-------"));
                Files.move(born, socket, StandardCopyOption.ATOMIC_MOVE);
                return channel;
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } finally {
            Files.deleteIfExists(born);
            Files.delete(birthplace);
        }
    }

    private static Path parent(Path socket) throws IOException {
        Path parent = socket.getParent();
        if (parent == null) {
            throw new IOException("not a file in a folder");
        }
        return parent;
    }

    /** Removes the socket, then gives the lock back; the lock's file stays, or two could lock different files. */
    @Override
    public void close() throws IOException {
        try (lock) {
            channel.close();
            Files.deleteIfExists(socket);
        }
    }
}
