package io.fairlead.kernel.nft;

import io.fairlead.kernel.netlink.NetlinkWriter;

/**
 * Writes the expressions of a rule as attributes; numbers are those of nf_tables.h.
 *
 * <p>Confined to the thread of its driver.
 */
final class NftRuleWriter {

    private static final int NAME = 1;
    private static final int DATA = 2;

    /** NFT_REG32_00. */
    private static final int FIRST_REGISTER = 8;
    /** NFT_REG_VERDICT. */
    private static final int VERDICT_REGISTER = 0;

    private static final int COMPARE_EQUAL = 0;
    private static final int COMPARE_NOT_EQUAL = 1;
    private static final int LOOKUP_INVERTED = 1;
    private static final int NUMGEN_RANDOM = 1;
    private static final int FIB_RESULT_ADDRTYPE = 3;
    private static final int FIB_FLAG_SOURCE = 1;
    private static final int NAT_DESTINATION = 1;
    /** NF_NAT_RANGE_PROTO_RANDOM_FULLY. */
    private static final int NAT_RANDOM_FULLY = 16;

    private static final int DYNSET_UPDATE = 1;
    private static final int DYNSET_DELETE = 2;
    private static final int REJECT_ICMP = 0;
    private static final int REJECT_TCP_RESET = 1;
    /** ICMP_PORT_UNREACH. */
    private static final int PORT_UNREACHABLE = 3;
    /** ICMPV6_PORT_UNREACH. */
    private static final int PORT_UNREACHABLE_V6 = 4;

    private final NetlinkWriter writer;

    NftRuleWriter(NetlinkWriter writer) {
        this.writer = writer;
    }

    /** Writes expressions and comment of a rule. */
    void write(NftFamily family, NftRule rule) {
        int list = writer.beginNested(NfTables.RULE_EXPRESSIONS);
        for (NftExpression expression : rule.expressions()) {
            int item = writer.beginNested(NfTables.LIST_ITEM);
            writer.putText(NAME, name(expression));
            int data = writer.beginNested(DATA);
            write(family, expression);
            writer.endNested(data);
            writer.endNested(item);
        }
        writer.endNested(list);
        if (!rule.comment().isEmpty()) {
            writer.putBytes(NfTables.RULE_USER_DATA, NftUserData.ofRule(rule.comment()));
        }
    }

    private static String name(NftExpression expression) {
        return switch (expression) {
            case NftExpression.Payload ignored -> "payload";
            case NftExpression.Meta ignored -> "meta";
            case NftExpression.MetaSet ignored -> "meta";
            case NftExpression.Ct ignored -> "ct";
            case NftExpression.Compare ignored -> "cmp";
            case NftExpression.Bitwise ignored -> "bitwise";
            case NftExpression.Lookup ignored -> "lookup";
            case NftExpression.LookupData ignored -> "lookup";
            case NftExpression.LookupVerdict ignored -> "lookup";
            case NftExpression.Immediate ignored -> "immediate";
            case NftExpression.Verdict ignored -> "immediate";
            case NftExpression.RandomNumber ignored -> "numgen";
            case NftExpression.FibSourceType ignored -> "fib";
            case NftExpression.Dnat ignored -> "nat";
            case NftExpression.Masquerade ignored -> "masq";
            case NftExpression.Reject ignored -> "reject";
            case NftExpression.UpdateRecord ignored -> "dynset";
            case NftExpression.DeleteRecord ignored -> "dynset";
        };
    }

    private void write(NftFamily family, NftExpression expression) {
        switch (expression) {
            case NftExpression.Payload payload -> {
                register(1, payload.register());
                writer.putNetworkInt(2, payload.header().number());
                writer.putNetworkInt(3, payload.offset());
                writer.putNetworkInt(4, payload.length());
            }
            case NftExpression.Meta meta -> {
                register(1, meta.register());
                writer.putNetworkInt(2, meta.key().number());
            }
            case NftExpression.MetaSet meta -> {
                writer.putNetworkInt(2, meta.key().number());
                register(3, meta.register());
            }
            case NftExpression.Ct ct -> {
                register(1, ct.register());
                writer.putNetworkInt(2, ct.key().number());
            }
            case NftExpression.Compare compare -> {
                register(1, compare.register());
                writer.putNetworkInt(2, compare.negated() ? COMPARE_NOT_EQUAL : COMPARE_EQUAL);
                value(3, compare.bytes());
            }
            case NftExpression.Bitwise bitwise -> {
                register(1, bitwise.source());
                register(2, bitwise.target());
                writer.putNetworkInt(3, bitwise.mask().length());
                value(4, bitwise.mask());
                value(5, bitwise.xor());
            }
            case NftExpression.Immediate immediate -> {
                register(1, immediate.register());
                value(2, immediate.bytes());
            }
            case NftExpression.Verdict verdict -> {
                writer.putNetworkInt(1, VERDICT_REGISTER);
                NfTables.verdict(writer, 2, verdict.verdict());
            }
            case NftExpression.RandomNumber random -> {
                register(1, random.register());
                writer.putNetworkInt(2, random.modulus());
                writer.putNetworkInt(3, NUMGEN_RANDOM);
            }
            case NftExpression.FibSourceType fib -> {
                register(1, fib.register());
                writer.putNetworkInt(2, FIB_RESULT_ADDRTYPE);
                writer.putNetworkInt(3, FIB_FLAG_SOURCE);
            }
            case NftExpression.Lookup lookup -> lookup(lookup);
            case NftExpression.LookupData lookup -> {
                writer.putText(1, lookup.map());
                register(2, lookup.key());
                register(3, lookup.target());
            }
            case NftExpression.LookupVerdict lookup -> {
                writer.putText(1, lookup.map());
                register(2, lookup.key());
                writer.putNetworkInt(3, VERDICT_REGISTER);
            }
            case NftExpression.Dnat dnat -> dnat(dnat);
            case NftExpression.Masquerade ignored -> writer.putNetworkInt(1, NAT_RANDOM_FULLY);
            case NftExpression.Reject reject -> reject(family, reject);
            case NftExpression.UpdateRecord update -> {
                record(update.map(), DYNSET_UPDATE, update.key(), update.data());
                writer.putNetworkLong(6, update.timeoutMillis());
            }
            case NftExpression.DeleteRecord delete -> record(delete.map(), DYNSET_DELETE, delete.key(), delete.data());
        }
    }

    private void lookup(NftExpression.Lookup lookup) {
        writer.putText(1, lookup.set());
        register(2, lookup.key());
        if (lookup.negated()) {
            writer.putNetworkInt(5, LOOKUP_INVERTED);
        }
    }

    private void dnat(NftExpression.Dnat dnat) {
        writer.putNetworkInt(1, NAT_DESTINATION);
        writer.putNetworkInt(2, dnat.family().number());
        register(3, dnat.address());
        register(5, dnat.port());
    }

    private void reject(NftFamily family, NftExpression.Reject reject) {
        if (reject.tcpReset()) {
            writer.putNetworkInt(1, REJECT_TCP_RESET);
            return;
        }
        writer.putNetworkInt(1, REJECT_ICMP);
        writer.putByte(2, family == NftFamily.IP ? PORT_UNREACHABLE : PORT_UNREACHABLE_V6);
    }

    private void record(String map, int operation, int key, int data) {
        writer.putText(1, map);
        writer.putNetworkInt(3, operation);
        register(4, key);
        register(5, data);
    }

    private void register(int attribute, int register) {
        writer.putNetworkInt(attribute, FIRST_REGISTER + register);
    }

    private void value(int attribute, NftData bytes) {
        int nest = writer.beginNested(attribute);
        writer.putBytes(NfTables.DATA_VALUE, bytes.toBytes());
        writer.endNested(nest);
    }
}
