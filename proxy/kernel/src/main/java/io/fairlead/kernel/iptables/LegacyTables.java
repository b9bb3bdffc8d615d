package io.fairlead.kernel.iptables;

import static io.fairlead.kernel.Libc.LIBC;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.Libc;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads tables of the older kernel interface (IPT_SO_GET_INFO and IPT_SO_GET_ENTRIES of
 * include/uapi/linux/netfilter_ipv4/ip_tables.h), always into the same memory outside of the heap.
 *
 * <p>Confined to one thread at a time.
 */
public final class LegacyTables {

    private static final int GET_INFO = 64;
    private static final int GET_ENTRIES = 65;
    private static final int NAME_BYTES = 32;
    private static final int INFO_BYTES = 84;
    private static final int INFO_HOOKS = 32;
    private static final int INFO_COUNT = 76;
    private static final int INFO_SIZE = 80;
    private static final int ENTRIES_HEAD_BYTES = 40;

    /** A table with more is somebody's whole Service routing; neither its chains nor its rules are of interest then. */
    private static final int BYTES_MAX = 4 << 20;

    private static final int ATTEMPTS_MAX = 5;

    private final ByteBuffer info = direct(INFO_BYTES);
    private final ByteBuffer length = direct(Integer.BYTES);
    private ByteBuffer entries = direct(1 << 12);

    private static ByteBuffer direct(int size) {
        return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
    }

    /**
     * Reads a table of the calling thread's network namespace, if somebody has used it and it is not a huge one.
     *
     * @throws KernelException if the kernel refuses, for example without CAP_NET_ADMIN
     */
    public Optional<LegacyTable> read(LegacyTable.Family family, String name) {
        // Asking the kernel for a table makes it.
        if (!isThere(family, name)) {
            return Optional.empty();
        }
        // Any socket of the family will do; a raw one would need CAP_NET_RAW besides.
        int socket = LIBC.socket(family.domain, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        Libc.check(socket, "open", "socket");
        try {
            return read(socket, family, name);
        } finally {
            LIBC.close(socket);
        }
    }

    private Optional<LegacyTable> read(int socket, LegacyTable.Family family, String name) {
        byte[] text = Arrays.copyOf(name.getBytes(StandardCharsets.US_ASCII), NAME_BYTES);
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            get(socket, family, GET_INFO, info.put(0, text), INFO_BYTES, name);
            int size = info.getInt(INFO_SIZE);
            if (size < 0 || size > BYTES_MAX) {
                return Optional.empty();
            }
            int bytes = ENTRIES_HEAD_BYTES + size;
            if (entries.capacity() < bytes) {
                entries = direct(2 * bytes);
            }
            entries.put(0, text).putInt(NAME_BYTES, size);
            if (get(socket, family, GET_ENTRIES, entries, bytes, name)) {
                byte[] copy = new byte[size];
                entries.get(ENTRIES_HEAD_BYTES, copy);
                ByteBuffer body = ByteBuffer.wrap(copy).order(ByteOrder.nativeOrder());
                return Optional.of(new LegacyTable(family, name, info, body));
            }
        }
        throw new KernelException(
                "read", LegacyTable.target(family, name), Errno.EAGAIN, "it changed whenever it was read");
    }

    /**
     * How large a table is, without reading it.
     *
     * @param rules heads and ends of chains included, policies of built-in chains not
     * @param bytes in the kernel
     */
    public record Size(int rules, int bytes) {}

    /**
     * Asks for the size of a table of the calling thread's network namespace, if somebody has used it.
     *
     * @throws KernelException if the kernel refuses, for example without CAP_NET_ADMIN
     */
    public Optional<Size> size(LegacyTable.Family family, String name) {
        if (!isThere(family, name)) {
            return Optional.empty();
        }
        int socket = LIBC.socket(family.domain, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        Libc.check(socket, "open", "socket");
        try {
            byte[] text = Arrays.copyOf(name.getBytes(StandardCharsets.US_ASCII), NAME_BYTES);
            get(socket, family, GET_INFO, info.put(0, text), INFO_BYTES, name);
            int policies = Integer.bitCount(info.getInt(INFO_HOOKS)) + 1;
            return Optional.of(new Size(info.getInt(INFO_COUNT) - policies, info.getInt(INFO_SIZE)));
        } finally {
            LIBC.close(socket);
        }
    }

    private static boolean isThere(LegacyTable.Family family, String name) {
        try {
            // Of the thread: threads may be in other network namespaces than their process.
            return Files.readAllLines(Path.of("/proc/thread-self/net/" + family + "_tables_names"))
                    .contains(name);
        } catch (IOException e) {
            // The kernel has no such interface.
            return false;
        }
    }

    /** @return false if the table has changed since its size was asked for */
    private boolean get(int socket, LegacyTable.Family family, int option, ByteBuffer value, int bytes, String name) {
        length.putInt(0, bytes);
        if (LIBC.getsockopt(socket, family.level, option, value, length) == 0) {
            return true;
        }
        int errno = Libc.errno();
        if (option == GET_ENTRIES && errno == Errno.EAGAIN) {
            return false;
        }
        throw new KernelException("read", LegacyTable.target(family, name), errno, "");
    }
}
