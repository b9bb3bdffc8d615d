package io.fairlead.kernel.feature;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.nft.Nft;
import io.fairlead.kernel.nft.NftChain;
import io.fairlead.kernel.nft.NftData;
import io.fairlead.kernel.nft.NftExpression;
import io.fairlead.kernel.nft.NftFamily;
import io.fairlead.kernel.nft.NftHook;
import io.fairlead.kernel.nft.NftRule;
import io.fairlead.kernel.nft.NftSet;
import io.fairlead.kernel.nft.NftTable;
import io.fairlead.kernel.nft.NftTransaction;
import io.fairlead.kernel.nft.NftType;
import io.fairlead.kernel.nft.NftVerdicts;
import java.util.Arrays;
import java.util.List;

/**
 * Facilities that the node agent uses. A probe is one transaction that makes a table which uses the facility and
 * deletes it again, so nothing is ever seen of it, whatever happens.
 *
 * <p>Immutable.
 */
public enum KernelFeature {
    NF_TABLES("nf_tables", "CONFIG_NF_TABLES_IPV4, CONFIG_NF_TABLES_IPV6", 3, 13, true),
    NAT("network address translation in nf_tables", "CONFIG_NFT_NAT, CONFIG_NFT_MASQ", 4, 18, true),
    CONNECTION_STATE("connection tracking in nf_tables", "CONFIG_NFT_CT", 3, 13, true),
    REJECT("rejecting packets in nf_tables", "CONFIG_NFT_REJECT", 4, 9, true),
    ADDRESS_TYPE("looking up address types in nf_tables", "CONFIG_NFT_FIB_IPV4, CONFIG_NFT_FIB_IPV6", 4, 10, true),
    RANDOM_NUMBER("random numbers in nf_tables", "CONFIG_NFT_NUMGEN", 4, 9, true),
    RECORDS("maps in nf_tables that rules write", "CONFIG_NF_TABLES", 4, 3, true),
    /** Without it another program may delete our tables; they are then repaired. */
    OWNED_PERSISTENT_TABLES("nf_tables tables with an owner", "CONFIG_NF_TABLES", 6, 9, false);

    private static final int NAT_PRIORITY = -101;

    private final String facility;
    private final String options;
    private final int major;
    private final int minor;
    private final boolean required;

    KernelFeature(String facility, String options, int major, int minor, boolean required) {
        this.facility = facility;
        this.options = options;
        this.major = major;
        this.minor = minor;
        this.required = required;
    }

    /** Whether the agent cannot do without it. */
    public boolean required() {
        return required;
    }

    /** The first kernel that has it, when built with the option: for tests, which insist on it from there on. */
    public boolean expectedIn(int kernelMajor, int kernelMinor) {
        return kernelMajor > major || kernelMajor == major && kernelMinor >= minor;
    }

    /**
     * Tries it, for IPv4 and IPv6.
     *
     * @throws KernelException if the kernel refuses for another reason, for example for want of CAP_NET_ADMIN
     */
    public boolean isPresent(Nft nft) {
        if (this == OWNED_PERSISTENT_TABLES) {
            return nft.supportsOwnedPersistentTables();
        }
        try {
            for (NftFamily family : NftFamily.values()) {
                nft.apply(probe(family));
            }
            return true;
        } catch (KernelException e) {
            return switch (e.errno()) {
                case Errno.ENOENT, Errno.EINVAL, Errno.EOPNOTSUPP, Errno.EAFNOSUPPORT, Errno.EPROTONOSUPPORT -> false;
                default -> throw e;
            };
        }
    }

    /** One sentence that names what the agent needs and this kernel lacks, empty if it lacks nothing. */
    public static String describeMissing(Nft nft) {
        List<String> missing = Arrays.stream(values())
                .filter(feature -> feature.required && !feature.isPresent(nft))
                .map(feature -> feature.facility + " (" + feature.options + ", Linux " + feature.major + "."
                        + feature.minor + ")")
                .toList();
        return missing.isEmpty() ? "" : "this kernel lacks " + String.join(" and ", missing);
    }

    private NftTransaction probe(NftFamily family) {
        NftTable table =
                new NftTable(family, "fairlead-probe-" + ProcessHandle.current().pid());
        NftTransaction transaction = new NftTransaction(table, new NftVerdicts()).addTable(false);
        switch (this) {
            case NF_TABLES, OWNED_PERSISTENT_TABLES ->
                rule(transaction, filter(), new NftExpression.Meta(NftExpression.MetaKey.MARK, 0));
            case NAT -> {
                rule(
                        transaction,
                        nat(NftHook.PREROUTING),
                        new NftExpression.Immediate(0, NftData.of(new byte[family == NftFamily.IP ? 4 : 16])),
                        new NftExpression.Immediate(4, NftData.networkShort(80)),
                        new NftExpression.Dnat(family, 0, 4));
                rule(transaction, nat(NftHook.POSTROUTING), new NftExpression.Masquerade());
            }
            case CONNECTION_STATE -> rule(transaction, filter(), new NftExpression.Ct(NftExpression.CtKey.STATE, 0));
            case REJECT -> rule(transaction, filter(), new NftExpression.Reject());
            case ADDRESS_TYPE -> rule(transaction, filter(), new NftExpression.FibSourceType(0));
            case RANDOM_NUMBER -> rule(transaction, filter(), new NftExpression.RandomNumber(0, 2));
            case RECORDS -> {
                transaction.addSet(NftSet.records("records", 10, List.of(NftType.MARK), NftType.MARK));
                rule(
                        transaction,
                        filter(),
                        new NftExpression.Meta(NftExpression.MetaKey.MARK, 0),
                        new NftExpression.UpdateRecord("records", 0, 0, 1000));
            }
        }
        return transaction.deleteTable();
    }

    private static NftChain filter() {
        return new NftChain("filter", new NftChain.Base(NftChain.Type.FILTER, NftHook.INPUT, 0));
    }

    private static NftChain nat(NftHook hook) {
        return new NftChain("nat-" + hook, new NftChain.Base(NftChain.Type.NAT, hook, NAT_PRIORITY));
    }

    private static void rule(NftTransaction transaction, NftChain chain, NftExpression... expressions) {
        transaction.addChain(chain).replaceRules(chain.name(), List.of(new NftRule(List.of(expressions), "")));
    }
}
