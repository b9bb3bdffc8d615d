package io.fairlead.kernel.nft;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.netlink.NetlinkAttributes;
import io.fairlead.kernel.netlink.NetlinkClient;
import io.fairlead.kernel.netlink.NetlinkMessage;
import io.fairlead.kernel.netlink.NetlinkWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Reads tables back. A listing of several messages is consistent when the ruleset had the same generation before and
 * after it; if not, it is read again.
 *
 * <p>Confined to the thread of its driver.
 */
final class NftReader {

    private static final int ATTEMPTS_MAX = 50;
    private static final int GENERATION_ID = 1;

    private final NetlinkClient client;
    private final NetlinkAttributes attributes = new NetlinkAttributes();
    private final NetlinkAttributes inner = new NetlinkAttributes();
    private int number;

    NftReader(NetlinkClient client) {
        this.client = client;
    }

    NftTableState table(NftTable table) {
        return consistent("read table", table.toString(), () -> readTable(table), ignored -> true);
    }

    private <T> T consistent(String operation, String target, Supplier<T> read, Predicate<T> complete) {
        int before = generation();
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            T result = read.get();
            int after = generation();
            if (after == before && complete.test(result)) {
                return result;
            }
            before = after;
        }
        throw new KernelException(operation, target, Errno.EINTR, "the ruleset changed whenever it was being read");
    }

    /** Counts the transactions of the network namespace. */
    private int generation() {
        NfTables.header(client.begin(NfTables.GET_GENERATION, 0), 0, 0);
        client.ask("read", "nf_tables generation", message -> {
            message.attributes(NfTables.HEADER_BYTES, attributes);
            while (attributes.next()) {
                if (attributes.type() == GENERATION_ID) {
                    number = attributes.networkIntValue();
                }
            }
        });
        return number;
    }

    private NftTableState readTable(NftTable table) {
        boolean ownedByOther;
        try {
            ownedByOther = readOwnedByOther(table);
        } catch (KernelException e) {
            if (e.errno() == Errno.ENOENT) {
                return NftTableState.ABSENT;
            }
            throw e;
        }
        Map<String, NftChain> chains = new HashMap<>();
        Map<String, List<String>> comments = new HashMap<>();
        Map<String, NftSet> sets = new HashMap<>();
        dump(NfTables.GET_CHAIN, table, "chains", chains::clear, message -> readChain(message, table, chains));
        dump(NfTables.GET_RULE, table, "rules", comments::clear, message -> readRule(message, table, comments));
        dump(NfTables.GET_SET, table, "sets", sets::clear, message -> {
            if (isOf(table, message)) {
                message.attributes(NfTables.HEADER_BYTES, attributes);
                NftSet set = NftSetCodec.read(attributes);
                sets.put(set.name(), set);
            }
        });
        return new NftTableState(true, ownedByOther, chains, comments, sets);
    }

    private boolean readOwnedByOther(NftTable table) {
        boolean[] other = {false};
        request(NfTables.GET_TABLE, table);
        client.ask("read table", table.toString(), message -> {
            int flags = 0;
            int owner = 0;
            message.attributes(NfTables.HEADER_BYTES, attributes);
            while (attributes.next()) {
                switch (attributes.type()) {
                    case NfTables.TABLE_FLAGS -> flags = attributes.networkIntValue();
                    case NfTables.TABLE_OWNER -> owner = attributes.networkIntValue();
                    default -> {}
                }
            }
            other[0] = (flags & NfTables.TABLE_FLAG_OWNER) != 0 && owner != client.portId();
        });
        return other[0];
    }

    private NetlinkWriter request(int type, NftTable table) {
        NetlinkWriter writer = client.begin(type, 0);
        NfTables.header(writer, table.family().number(), 0);
        writer.putText(NfTables.TABLE, table.name());
        return writer;
    }

    private void dump(int type, NftTable table, String what, Runnable begin, NetlinkClient.MessageVisitor visitor) {
        request(type, table);
        client.dump("read " + what + " of", table.toString(), new NetlinkClient.DumpVisitor() {
            @Override
            public void begin() {
                begin.run();
            }

            @Override
            public void message(NetlinkMessage message) {
                visitor.message(message);
            }
        });
    }

    /** The kernel lists the chains of all tables, whatever table was asked for. */
    private boolean isOf(NftTable table, NetlinkMessage message) {
        message.attributes(NfTables.HEADER_BYTES, attributes);
        while (attributes.next()) {
            if (attributes.type() == NfTables.TABLE) {
                return attributes.textEquals(table.name());
            }
        }
        return false;
    }

    private void readChain(NetlinkMessage message, NftTable table, Map<String, NftChain> chains) {
        if (!isOf(table, message)) {
            return;
        }
        String name = "";
        String type = "";
        int hook = -1;
        int priority = 0;
        message.attributes(NfTables.HEADER_BYTES, attributes);
        while (attributes.next()) {
            switch (attributes.type()) {
                case NfTables.CHAIN_NAME -> name = attributes.textValue();
                case NfTables.CHAIN_TYPE -> type = attributes.textValue();
                case NfTables.CHAIN_HOOK -> {
                    attributes.nested(inner);
                    while (inner.next()) {
                        switch (inner.type()) {
                            case NfTables.HOOK_NUMBER -> hook = inner.networkIntValue();
                            case NfTables.HOOK_PRIORITY -> priority = inner.networkIntValue();
                            default -> {}
                        }
                    }
                }
                default -> {}
            }
        }
        chains.put(name, chain(name, type, hook, priority));
    }

    /** A base chain of a kind that we never make is shown as a regular one: it can still be deleted by its name. */
    private static NftChain chain(String name, String typeText, int hook, int priority) {
        for (NftHook known : NftHook.values()) {
            for (NftChain.Type type : NftChain.Type.values()) {
                if (known.number() == hook && type.toString().equals(typeText)) {
                    return new NftChain(name, new NftChain.Base(type, known, priority));
                }
            }
        }
        return NftChain.regular(name);
    }

    private void readRule(NetlinkMessage message, NftTable table, Map<String, List<String>> comments) {
        if (!isOf(table, message)) {
            return;
        }
        String chain = "";
        String comment = "";
        message.attributes(NfTables.HEADER_BYTES, attributes);
        while (attributes.next()) {
            switch (attributes.type()) {
                case NfTables.RULE_CHAIN -> chain = attributes.textValue();
                case NfTables.RULE_USER_DATA -> comment = NftUserData.comment(attributes.bytesValue());
                default -> {}
            }
        }
        comments.computeIfAbsent(chain, ignored -> new ArrayList<>()).add(comment);
    }

    /** Elements are gathered first, so that the visitor sees none of a listing that must be read again. */
    void elements(NftTable table, NftSet set, NftVerdicts verdicts, Nft.ElementVisitor visitor) {
        NftElements elements = consistent(
                "read elements of",
                table + " " + set.name(),
                () -> new NftElementReader(set, verdicts).read(client, table),
                read -> set.dynamic() || isComplete(read));
        byte[] key = new byte[elements.keyLength()];
        byte[] value = new byte[elements.valueLength()];
        for (int i = 0; i < elements.count(); i++) {
            System.arraycopy(elements.buffer(), elements.keyOffset(i), key, 0, key.length);
            System.arraycopy(elements.buffer(), elements.valueOffset(i), value, 0, value.length);
            visitor.element(key, value);
        }
    }

    /**
     * A set without a size is a hash table that the kernel resizes some time after a large insertion. A listing in
     * several parts, each of which starts at the number of elements already listed, then passes elements over, and as
     * many come twice.
     */
    private static boolean isComplete(NftElements listing) {
        return listing.distinct();
    }
}
