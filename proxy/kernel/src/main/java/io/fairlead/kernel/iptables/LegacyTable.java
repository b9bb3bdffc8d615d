package io.fairlead.kernel.iptables;

import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.Libc;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

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
        final int domain;
        final int level;
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

    private static final int INFO_HOOKS = 32;
    private static final int INFO_ENTRY = 36;
    private static final int INFO_UNDERFLOW = 56;

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

    /**
     * @param info struct ipt_getinfo
     * @param entries behind the head of struct ipt_get_entries
     */
    LegacyTable(Family family, String name, ByteBuffer info, ByteBuffer entries) {
        this.family = family;
        this.name = name;
        this.forwards = (info.getInt(INFO_HOOKS) & 1 << HOOK_FORWARD) != 0;
        this.first = info.getInt(INFO_ENTRY + Integer.BYTES * HOOK_FORWARD);
        this.last = info.getInt(INFO_UNDERFLOW + Integer.BYTES * HOOK_FORWARD);
        this.entries = entries;
    }

    static String target(Family family, String name) {
        return "legacy table " + family + " " + name;
    }

    /** Whether there is a chain of this name besides the built-in ones. */
    public boolean hasChain(String chain) {
        return hasChain(chain::equals);
    }

    /** Whether the name of any chain, besides the built-in ones, begins so. */
    public boolean hasChainOf(String prefix) {
        return hasChain(chain -> chain.startsWith(prefix));
    }

    private boolean hasChain(Predicate<String> wanted) {
        for (int at = 0; at < entries.limit(); at += length(at)) {
            int target = at + targetOffset(at);
            if (elementName(target).equals("ERROR") && wanted.test(text(target + ELEMENT_DATA, 30))) {
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
