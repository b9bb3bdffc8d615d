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
 * One table of the older kernel interface, as getsockopt(2) gives it (IPT_SO_GET_ENTRIES of
 * include/uapi/linux/netfilter_ipv4/ip_tables.h, and the same of ip6_tables.h).
 *
 * <p>Immutable.
 */
public final class LegacyTable {

    /**
     * The two families: their sockets, and where things stand in an entry.
     *
     * <p>Immutable.
     */
    public enum Family {
        IPV4("ip", Libc.AF_INET, 0, 84, 112),
        IPV6("ip6", Libc.AF_INET6, 41, 136, 168);

        private final String text;
        private final int domain;
        private final int level;
        /** Bytes of struct ipt_ip, which says which packets match. */
        private final int matchBytes;
        /** Bytes of struct ipt_entry. */
        private final int headBytes;

        Family(String text, int domain, int level, int matchBytes, int headBytes) {
            this.text = text;
            this.domain = domain;
            this.level = level;
            this.matchBytes = matchBytes;
            this.headBytes = headBytes;
        }

        /** As in the name of the table's file under {@code /proc/net}. */
        @Override
        public String toString() {
            return text;
        }
    }

    private static final int GET_INFO = 64;
    private static final int GET_ENTRIES = 65;
    private static final int NAME_BYTES = 32;
    private static final int INFO_BYTES = 84;
    private static final int INFO_HOOKS = 32;
    private static final int INFO_ENTRY = 36;
    private static final int INFO_UNDERFLOW = 56;
    private static final int INFO_SIZE = 80;
    private static final int ENTRIES_HEAD_BYTES = 40;

    /** A table with more is somebody's whole Service routing; neither its chains nor its rules are of interest then. */
    private static final int BYTES_MAX = 8 << 20;

    private static final int ATTEMPTS_MAX = 5;
    private static final int HOOK_FORWARD = 2;

    /** Of the elements of an entry: name and data of a match or a target. */
    private static final int ELEMENT_NAME = 2;

    private static final int ELEMENT_NAME_BYTES = 29;
    private static final int ELEMENT_DATA = 32;
    private static final int VERDICT_DROP = -1;
    private static final int VERDICT_ACCEPT = -2;

    private final Family family;
    private final String name;
    private final boolean forwards;
    private final int first;
    private final int last;
    private final ByteBuffer entries;

    private LegacyTable(Family family, String name, ByteBuffer info, ByteBuffer entries) {
        this.family = family;
        this.name = name;
        this.forwards = (info.getInt(INFO_HOOKS) & 1 << HOOK_FORWARD) != 0;
        this.first = info.getInt(INFO_ENTRY + Integer.BYTES * HOOK_FORWARD);
        this.last = info.getInt(INFO_UNDERFLOW + Integer.BYTES * HOOK_FORWARD);
        this.entries = entries;
    }

    /**
     * Reads a table of the calling thread's network namespace, if somebody has used it and it is not a huge one.
     *
     * @throws KernelException if the kernel refuses, for example without CAP_NET_ADMIN
     */
    public static Optional<LegacyTable> read(Family family, String name) {
        // Asking the kernel for a table makes it.
        if (!isThere(family, name)) {
            return Optional.empty();
        }
        int socket = LIBC.socket(family.domain, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, Libc.IPPROTO_RAW);
        Libc.check(socket, "open", "raw socket");
        try {
            for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
                ByteBuffer info = buffer(INFO_BYTES).put(0, text(name));
                get(socket, family, GET_INFO, info, name);
                int size = info.getInt(INFO_SIZE);
                if (size < 0 || size > BYTES_MAX) {
                    return Optional.empty();
                }
                ByteBuffer entries = buffer(ENTRIES_HEAD_BYTES + size).put(0, text(name));
                entries.putInt(NAME_BYTES, size);
                // EAGAIN: it changed in between.
                if (get(socket, family, GET_ENTRIES, entries, name)) {
                    ByteBuffer body = entries.slice(ENTRIES_HEAD_BYTES, size).order(ByteOrder.nativeOrder());
                    return Optional.of(new LegacyTable(family, name, info, body));
                }
            }
            throw new KernelException("read", target(family, name), Errno.EAGAIN, "it changed whenever it was read");
        } finally {
            LIBC.close(socket);
        }
    }

    private static boolean isThere(Family family, String name) {
        try {
            // Of the thread: threads may be in other network namespaces than their process.
            return Files.readAllLines(Path.of("/proc/thread-self/net/" + family + "_tables_names"))
                    .contains(name);
        } catch (IOException e) {
            // The kernel has no such interface.
            return false;
        }
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
    }

    private static byte[] text(String name) {
        return Arrays.copyOf(name.getBytes(StandardCharsets.US_ASCII), NAME_BYTES);
    }

    private static boolean get(int socket, Family family, int option, ByteBuffer value, String name) {
        ByteBuffer length = buffer(Integer.BYTES).putInt(0, value.capacity());
        if (LIBC.getsockopt(socket, family.level, option, value, length) == 0) {
            return true;
        }
        int errno = Libc.errno();
        if (option == GET_ENTRIES && errno == Errno.EAGAIN) {
            return false;
        }
        throw new KernelException("read", target(family, name), errno, "");
    }

    private static String target(Family family, String name) {
        return "legacy table " + family + " " + name;
    }

    /** Whether there is a chain of this name besides the built-in ones. */
    public boolean hasChain(String chain) {
        for (int at = 0; at < entries.limit(); at += length(at)) {
            int target = at + targetOffset(at);
            if (elementName(target).equals("ERROR")
                    && text(target + ELEMENT_DATA, 30).equals(chain)) {
                return true;
            }
        }
        return false;
    }

    /** What its chain FORWARD does, with its policy. */
    public ForwardVerdict forward() {
        if (!forwards) {
            return ForwardVerdict.ACCEPTS;
        }
        boolean mayAccept = false;
        for (int at = first; at < last; at += length(at)) {
            int target = at + targetOffset(at);
            String name = elementName(target);
            int verdict = name.isEmpty() ? entries.getInt(check(target + ELEMENT_DATA, Integer.BYTES)) : 0;
            boolean all = targetOffset(at) == family.headBytes && matchesAll(at);
            boolean drops = name.equals("REJECT") || name.isEmpty() && verdict == VERDICT_DROP;
            boolean accepts = name.isEmpty() && verdict == VERDICT_ACCEPT;
            if (accepts && (all || matchesTranslated(at))) {
                return ForwardVerdict.ACCEPTS;
            }
            if (drops && all) {
                return mayAccept ? ForwardVerdict.MAY_DROP : ForwardVerdict.DROPS;
            }
            mayAccept |= accepts || name.isEmpty() && !drops;
        }
        int policy = entries.getInt(check(last + targetOffset(last) + ELEMENT_DATA, Integer.BYTES));
        return policy != VERDICT_DROP
                ? ForwardVerdict.ACCEPTS
                : mayAccept ? ForwardVerdict.MAY_DROP : ForwardVerdict.DROPS;
    }

    private boolean matchesAll(int entry) {
        for (int i = 0; i < family.matchBytes; i++) {
            if (entries.get(check(entry + i, 1)) != 0) {
                return false;
            }
        }
        return true;
    }

    /** The only match is that the destination was translated. */
    private boolean matchesTranslated(int entry) {
        int match = entry + family.headBytes;
        int end = entry + targetOffset(entry);
        if (!matchesAll(entry)
                || match + ELEMENT_DATA > end
                || !elementName(match).equals("conntrack")) {
            return false;
        }
        int size = entries.getShort(check(match, Short.BYTES)) & 0xffff;
        if (size < ELEMENT_DATA || match + size != end) {
            return false;
        }
        byte[] info = new byte[size - ELEMENT_DATA];
        entries.get(check(match + ELEMENT_DATA, info.length), info);
        return ConntrackMatch.isDestinationTranslated(info);
    }

    private int length(int entry) {
        int length = entries.getShort(check(entry + family.matchBytes + 6, Short.BYTES)) & 0xffff;
        if (length < family.headBytes) {
            throw malformed();
        }
        return length;
    }

    private int targetOffset(int entry) {
        return entries.getShort(check(entry + family.matchBytes + 4, Short.BYTES)) & 0xffff;
    }

    private String elementName(int element) {
        return text(element + ELEMENT_NAME, ELEMENT_NAME_BYTES);
    }

    private String text(int at, int longest) {
        check(at, longest);
        int length = 0;
        while (length < longest && entries.get(at + length) != 0) {
            length++;
        }
        byte[] bytes = new byte[length];
        entries.get(at, bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private int check(int at, int bytes) {
        if (at < 0 || bytes < 0 || at > entries.limit() - bytes) {
            throw malformed();
        }
        return at;
    }

    private KernelException malformed() {
        return new KernelException("read", target(family, name), 0, "its entries do not add up");
    }
}
