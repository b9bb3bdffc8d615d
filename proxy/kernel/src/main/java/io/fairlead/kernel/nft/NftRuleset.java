package io.fairlead.kernel.nft;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.netlink.NetlinkAttributes;
import io.fairlead.kernel.netlink.NetlinkClient;
import io.fairlead.kernel.netlink.NetlinkMessage;
import io.fairlead.kernel.netlink.NetlinkProtocol;
import io.fairlead.kernel.netlink.NetlinkWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What other programs have in nf_tables of a network namespace; the iptables tools that write nf_tables among them.
 * Only reads, and asks for single objects where that answers the question: a listing of all rules may be long.
 *
 * <p>Confined to one thread at a time.
 */
public final class NftRuleset implements AutoCloseable {

    /** Enough to judge any chain that a person wrote; of longer ones the rest is not looked at. */
    public static final int RULES_MAX = 4096;

    private static final int TABLE_USE = 3;
    private static final int TABLE_HANDLE = 4;
    private static final int CHAIN_HANDLE = 2;
    private static final int CHAIN_USE = 6;
    private static final int POLICY_DROP = 0;
    private static final int ANY_FAMILY = 0;

    private final NetlinkClient client;
    private final NetlinkAttributes attributes = new NetlinkAttributes();
    private final NetlinkAttributes inner = new NetlinkAttributes();
    private final NftForeignRuleReader rules = new NftForeignRuleReader();

    private NftRuleset(NetlinkClient client) {
        this.client = client;
    }

    /**
     * Opens the network namespace of the calling thread.
     *
     * @throws KernelException if the kernel has no netfilter netlink
     */
    public static NftRuleset open() {
        return new NftRuleset(NetlinkClient.open(NetlinkProtocol.NETFILTER));
    }

    /** A table, if there is one. */
    public Optional<NftFootprint> table(NftTable table) {
        request(NfTables.GET_TABLE, table.family().number(), table.name());
        return footprint(table.toString(), TABLE_HANDLE, TABLE_USE);
    }

    /** A chain, if there is one. */
    public Optional<NftFootprint> chain(NftTable table, String chain) {
        request(NfTables.GET_CHAIN, table.family().number(), table.name()).putText(NfTables.CHAIN_NAME, chain);
        return footprint(table + " " + chain, CHAIN_HANDLE, CHAIN_USE);
    }

    private NetlinkWriter request(int type, int family, String table) {
        NetlinkWriter writer = client.begin(type, 0);
        NfTables.header(writer, family, 0);
        writer.putText(NfTables.TABLE, table);
        return writer;
    }

    private Optional<NftFootprint> footprint(String target, int handleType, int usesType) {
        List<NftFootprint> found = new ArrayList<>();
        try {
            client.ask("find", target, message -> {
                long handle = 0;
                int uses = 0;
                message.attributes(NfTables.HEADER_BYTES, attributes);
                while (attributes.next()) {
                    if (attributes.type() == handleType) {
                        handle = attributes.networkLongValue();
                    } else if (attributes.type() == usesType) {
                        uses = attributes.networkIntValue();
                    }
                }
                found.add(new NftFootprint(handle, uses));
            });
        } catch (KernelException e) {
            // EOPNOTSUPP: a kernel without this family.
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.EOPNOTSUPP || e.errno() == Errno.EAFNOSUPPORT) {
                return Optional.empty();
            }
            throw e;
        }
        return found.stream().findFirst();
    }

    /** The base chains of all programs that see routed packets at a hook, in the kernel's order of tables. */
    public List<NftForeignChain> hooked(NftHook hook) {
        List<NftForeignChain> chains = new ArrayList<>();
        NfTables.header(client.begin(NfTables.GET_CHAIN, 0), ANY_FAMILY, 0);
        client.dump("list", "chains of hook " + hook, new NetlinkClient.DumpVisitor() {
            @Override
            public void begin() {
                chains.clear();
            }

            @Override
            public void message(NetlinkMessage message) {
                readHooked(message, hook, chains);
            }
        });
        return List.copyOf(chains);
    }

    private void readHooked(NetlinkMessage message, NftHook hook, List<NftForeignChain> chains) {
        int family = message.byteAt(0);
        if (family != NftForeignChain.INET && family != NftFamily.IP.number() && family != NftFamily.IP6.number()) {
            return;
        }
        String table = "";
        String name = "";
        int number = -1;
        int policy = -1;
        message.attributes(NfTables.HEADER_BYTES, attributes);
        while (attributes.next()) {
            switch (attributes.type()) {
                case NfTables.TABLE -> table = attributes.textValue();
                case NfTables.CHAIN_NAME -> name = attributes.textValue();
                case NfTables.CHAIN_POLICY -> policy = attributes.networkIntValue();
                case NfTables.CHAIN_HOOK -> {
                    attributes.nested(inner);
                    while (inner.next()) {
                        if (inner.type() == NfTables.HOOK_NUMBER) {
                            number = inner.networkIntValue();
                        }
                    }
                }
                default -> {}
            }
        }
        if (number == hook.number()) {
            chains.add(new NftForeignChain(family, table, name, policy == POLICY_DROP));
        }
    }

    /** The rules of a chain in their order, at most {@value #RULES_MAX} of them. */
    public List<NftForeignRule> rules(NftForeignChain chain) {
        List<NftForeignRule> found = new ArrayList<>();
        request(NfTables.GET_RULE, chain.family(), chain.table()).putText(NfTables.RULE_CHAIN, chain.name());
        client.dump("list", "rules of " + chain, new NetlinkClient.DumpVisitor() {
            @Override
            public void begin() {
                found.clear();
            }

            @Override
            public void message(NetlinkMessage message) {
                if (found.size() < RULES_MAX && isOf(chain, message)) {
                    message.attributes(NfTables.HEADER_BYTES, attributes);
                    found.add(rules.read(attributes));
                }
            }
        });
        return List.copyOf(found);
    }

    /** Kernels may list more than was asked for. */
    private boolean isOf(NftForeignChain chain, NetlinkMessage message) {
        boolean table = false;
        boolean name = false;
        message.attributes(NfTables.HEADER_BYTES, attributes);
        while (attributes.next()) {
            switch (attributes.type()) {
                case NfTables.TABLE -> table = attributes.textEquals(chain.table());
                case NfTables.RULE_CHAIN -> name = attributes.textEquals(chain.name());
                default -> {}
            }
        }
        return table && name && message.byteAt(0) == chain.family();
    }

    @Override
    public void close() {
        client.close();
    }
}
