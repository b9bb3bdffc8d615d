package io.fairlead.kernel.conntrack;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.netlink.NetlinkAttributes;
import io.fairlead.kernel.netlink.NetlinkClient;
import io.fairlead.kernel.netlink.NetlinkMessage;
import io.fairlead.kernel.netlink.NetlinkProtocol;
import io.fairlead.kernel.netlink.NetlinkWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The connection tracking table of the network namespace in which it was opened.
 *
 * <p>The table lives while it is read: an entry that comes or goes meanwhile may be seen or not, and one that the
 * kernel moves may be seen twice.
 *
 * <p>Confined to one thread at a time.
 */
public final class Conntrack implements AutoCloseable {

    /**
     * How full the table is.
     *
     * <p>Immutable.
     *
     * @param entries of this namespace
     * @param entriesMax above it the kernel drops packets of new flows; 0 if the kernel does not say
     */
    public record Usage(long entries, long entriesMax) {}

    /** What is kept of an entry that must go: enough that a later flow with the same tuple is spared. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Doomed(int family, byte[] original, int zone, int id) {}

    /** Bounds the memory of {@link #deleteIf} to some ten megabytes, however large the table is. */
    private static final int DOOMED_MAX = 1 << 16;

    private static final String TABLE = "conntrack table";

    private final NetlinkClient netlink;
    private final ConntrackEntry entry = new ConntrackEntry();
    private final NetlinkAttributes attributes = new NetlinkAttributes();
    private boolean deletesByFilter;

    private Conntrack(NetlinkClient netlink, boolean deletesByFilter) {
        this.netlink = netlink;
        this.deletesByFilter = deletesByFilter;
    }

    /** Opens a socket in the network namespace of the calling thread. */
    public static Conntrack open() {
        return open(true);
    }

    /** @param deletesByFilter false to do what kernels need that cannot delete by filter */
    static Conntrack open(boolean deletesByFilter) {
        return new Conntrack(NetlinkClient.open(NetlinkProtocol.NETFILTER), deletesByFilter);
    }

    /** Visits the entries of a filter; the entry is valid only during the call. */
    public void read(ConntrackFilter filter, Consumer<ConntrackEntry> visitor) {
        dump(filter, new NetlinkClient.DumpVisitor() {
            @Override
            public void begin() {
                // conntrack never starts a listing again: it does not know NLM_F_DUMP_INTR.
            }

            @Override
            public void message(NetlinkMessage message) {
                if (isMeant(message, filter)) {
                    visitor.accept(entry);
                }
            }
        });
    }

    /** Visits every entry of every family and protocol, in one listing; the entry is valid only during the call. */
    public void readAll(Consumer<ConntrackEntry> visitor) {
        begin(Ctnetlink.GET, Ctnetlink.AF_UNSPEC);
        netlink.dump("list", TABLE, new NetlinkClient.DumpVisitor() {
            @Override
            public void begin() {
                // conntrack never starts a listing again: it does not know NLM_F_DUMP_INTR.
            }

            @Override
            public void message(NetlinkMessage message) {
                if (message.type() == Ctnetlink.NEW) {
                    entry.read(message);
                    visitor.accept(entry);
                }
            }
        });
    }

    /** Deletes the entries of a filter: in one request if the kernel can and compares rightly, else one by one. */
    public void delete(ConntrackFilter filter) {
        if (deletesByFilter && filter.isExactInKernel()) {
            filter.write(begin(Ctnetlink.DELETE, filter.family()));
            try {
                netlink.execute("delete " + filter + " from", TABLE);
                return;
            } catch (KernelException e) {
                if (e.errno() != Errno.EINVAL && e.errno() != Errno.EOPNOTSUPP) {
                    throw e;
                }
                deletesByFilter = false;
            }
        }
        deleteIf(filter, any -> true);
    }

    /**
     * Deletes those entries of a filter that are chosen.
     *
     * @param choice asked for each entry, which is valid only during the call; when very many are chosen, it is asked
     *     again for those that stay
     * @return how many were deleted; entries that ended by themselves meanwhile do not count
     */
    public long deleteIf(ConntrackFilter filter, Predicate<ConntrackEntry> choice) {
        long deleted = 0;
        List<Doomed> doomed;
        do {
            doomed = choose(filter, choice);
            for (Doomed one : doomed) {
                deleted += delete(one) ? 1 : 0;
            }
        } while (doomed.size() == DOOMED_MAX);
        return deleted;
    }

    private List<Doomed> choose(ConntrackFilter filter, Predicate<ConntrackEntry> choice) {
        List<Doomed> doomed = new ArrayList<>();
        dump(filter, new NetlinkClient.DumpVisitor() {
            @Override
            public void begin() {
                doomed.clear();
            }

            @Override
            public void message(NetlinkMessage message) {
                if (doomed.size() < DOOMED_MAX && isMeant(message, filter) && choice.test(entry)) {
                    doomed.add(new Doomed(filter.family(), original(message), entry.zone(), entry.id()));
                }
            }
        });
        return doomed;
    }

    private byte[] original(NetlinkMessage message) {
        message.attributes(Ctnetlink.HEADER, attributes);
        while (attributes.next()) {
            if (attributes.type() == Ctnetlink.CTA_TUPLE_ORIG) {
                return attributes.bytesValue();
            }
        }
        throw new KernelException("decode", TABLE, 0, "entry without a tuple");
    }

    private boolean delete(Doomed one) {
        NetlinkWriter request = begin(Ctnetlink.DELETE, one.family);
        // Not decoded and encoded again: ICMP and GRE have parts that we do not know.
        request.putBytes(Ctnetlink.CTA_TUPLE_ORIG | Ctnetlink.NESTED, one.original);
        if (one.zone != 0) {
            request.putNetworkShort(Ctnetlink.CTA_ZONE, one.zone);
        }
        request.putNetworkInt(Ctnetlink.CTA_ID, one.id);
        return deleteOne("entry");
    }

    /** Deletes one flow of the default zone; false if there is none. */
    public boolean delete(Tuple original) {
        ConntrackFilter filter = ConntrackFilter.exactly(original);
        filter.writeName(begin(Ctnetlink.DELETE, filter.family()));
        return deleteOne(original.toString());
    }

    private boolean deleteOne(String what) {
        try {
            netlink.execute("delete " + what + " from", TABLE);
            return true;
        } catch (KernelException e) {
            if (e.errno() == Errno.ENOENT) {
                return false;
            }
            throw e;
        }
    }

    /** How full the table is. */
    public Usage usage() {
        begin(Ctnetlink.GET_STATS, Ctnetlink.AF_UNSPEC);
        long[] entriesAndMax = new long[2];
        netlink.ask("read usage of", TABLE, message -> {
            message.attributes(Ctnetlink.HEADER, attributes);
            while (attributes.next()) {
                switch (attributes.type()) {
                    case Ctnetlink.CTA_STATS_GLOBAL_ENTRIES ->
                        entriesAndMax[0] = Integer.toUnsignedLong(attributes.networkIntValue());
                    case Ctnetlink.CTA_STATS_GLOBAL_MAX_ENTRIES ->
                        entriesAndMax[1] = Integer.toUnsignedLong(attributes.networkIntValue());
                    default -> {}
                }
            }
        });
        return new Usage(entriesAndMax[0], entriesAndMax[1]);
    }

    private void dump(ConntrackFilter filter, NetlinkClient.DumpVisitor visitor) {
        filter.write(begin(Ctnetlink.GET, filter.family()));
        netlink.dump("list", TABLE, visitor);
    }

    private boolean isMeant(NetlinkMessage message, ConntrackFilter filter) {
        if (message.type() != Ctnetlink.NEW) {
            return false;
        }
        entry.read(message);
        return filter.matches(entry);
    }

    /** struct nfgenmsg: family, version, resource. */
    private NetlinkWriter begin(int type, int family) {
        NetlinkWriter request = netlink.begin(type, 0);
        request.fixedByte(family);
        request.fixedByte(0);
        request.fixedShort(0);
        return request;
    }

    @Override
    public void close() {
        netlink.close();
    }
}
