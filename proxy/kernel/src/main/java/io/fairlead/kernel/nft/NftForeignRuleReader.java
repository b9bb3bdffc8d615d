package io.fairlead.kernel.nft;

import io.fairlead.kernel.iptables.ConntrackMatch;
import io.fairlead.kernel.netlink.NetlinkAttributes;

/**
 * Judges the expressions of a rule that somebody else wrote. What it does not know counts as a condition.
 *
 * <p>Confined to the thread of its socket.
 */
final class NftForeignRuleReader {

    private static final int EXPRESSION_NAME = 1;
    private static final int EXPRESSION_DATA = 2;
    /** NFTA_CT_KEY. */
    private static final int CT_KEY = 2;
    /** NFTA_BITWISE_MASK. */
    private static final int BITWISE_MASK = 4;
    /** NFTA_IMMEDIATE_DATA. */
    private static final int IMMEDIATE_DATA = 2;
    /** NFTA_TARGET_NAME and NFTA_MATCH_NAME. */
    private static final int XT_NAME = 1;
    /** NFTA_MATCH_INFO. */
    private static final int XT_INFO = 3;

    private final NetlinkAttributes expression = new NetlinkAttributes();
    private final NetlinkAttributes value = new NetlinkAttributes();

    /** Expressions that narrow down which packets go on in the rule. */
    private int conditions;
    /** Of the conditions, those that only ask whether the destination was translated. */
    private int translatedConditions;
    /** The connection's status was loaded last. */
    private boolean status;
    /** It was, and only one bit of it is left: the comparison that follows belongs to it. */
    private boolean statusBit;

    private NftForeignRule end = NftForeignRule.PASSES_ON;

    /** @param rule in front of the attributes of a rule */
    NftForeignRule read(NetlinkAttributes rule) {
        conditions = 0;
        translatedConditions = 0;
        status = false;
        statusBit = false;
        end = NftForeignRule.PASSES_ON;
        while (rule.next()) {
            if (rule.type() == NfTables.RULE_EXPRESSIONS) {
                NetlinkAttributes list = new NetlinkAttributes();
                rule.nested(list);
                while (list.next()) {
                    list.nested(expression);
                    readExpression();
                }
            }
        }
        return judge();
    }

    private NftForeignRule judge() {
        return switch (end) {
            case ACCEPTS_ALL ->
                conditions == 0
                        ? NftForeignRule.ACCEPTS_ALL
                        : conditions == translatedConditions
                                ? NftForeignRule.ACCEPTS_TRANSLATED
                                : NftForeignRule.MAY_ACCEPT;
            case DROPS_ALL -> conditions == 0 ? NftForeignRule.DROPS_ALL : NftForeignRule.DROPS_SOME;
            case PASSES_ON, ACCEPTS_TRANSLATED, DROPS_SOME, MAY_ACCEPT -> end;
        };
    }

    private void readExpression() {
        String name = "";
        NetlinkAttributes data = new NetlinkAttributes();
        while (expression.next()) {
            switch (expression.type()) {
                case EXPRESSION_NAME -> name = expression.textValue();
                case EXPRESSION_DATA -> expression.nested(data);
                default -> {}
            }
        }
        switch (name) {
            case "counter", "log", "notrack", "last" -> {}
            case "ct" -> readConnection(data);
            case "bitwise" -> readMask(data);
            case "immediate" -> readImmediate(data);
            case "reject" -> end = NftForeignRule.DROPS_ALL;
            case "target" -> readTarget(data);
            case "match" -> readMatch(data);
            // What only loads is no condition, but what follows it is.
            case "meta", "payload", "fib", "socket", "rt", "numgen", "hash", "exthdr", "byteorder" -> {}
            // Of a verdict map, too.
            case "lookup", "objref", "vmap" -> {
                conditions++;
                end = end == NftForeignRule.PASSES_ON ? NftForeignRule.MAY_ACCEPT : end;
            }
            case "cmp" -> {
                conditions += statusBit ? 0 : 1;
                status = false;
                statusBit = false;
            }
            default -> conditions++;
        }
    }

    private void readConnection(NetlinkAttributes data) {
        while (data.next()) {
            status |= data.type() == CT_KEY && data.networkIntValue() == NftExpression.CtKey.STATUS.number();
        }
    }

    private void readMask(NetlinkAttributes data) {
        while (status && data.next()) {
            if (data.type() == BITWISE_MASK) {
                data.nested(value);
                conditions++;
                statusBit = true;
                boolean dnat = value.next()
                        && value.length() == Integer.BYTES
                        && (value.intValue() & ConntrackMatch.STATUS_DESTINATION_TRANSLATED) != 0;
                translatedConditions += dnat ? 1 : 0;
            }
        }
    }

    private void readImmediate(NetlinkAttributes data) {
        while (data.next()) {
            if (data.type() == IMMEDIATE_DATA) {
                data.nested(value);
                if (value.next() && value.type() == NfTables.DATA_VERDICT) {
                    NetlinkAttributes verdict = new NetlinkAttributes();
                    value.nested(verdict);
                    readVerdict(verdict);
                }
            }
        }
    }

    private void readVerdict(NetlinkAttributes verdict) {
        while (verdict.next()) {
            if (verdict.type() == NfTables.VERDICT_CODE) {
                end = switch (verdict.networkIntValue()) {
                    case NfTables.CODE_ACCEPT -> NftForeignRule.ACCEPTS_ALL;
                    case NfTables.CODE_DROP -> NftForeignRule.DROPS_ALL;
                    default -> NftForeignRule.MAY_ACCEPT;
                };
            }
        }
    }

    private void readTarget(NetlinkAttributes data) {
        while (data.next()) {
            if (data.type() == XT_NAME) {
                end = data.textEquals("REJECT") ? NftForeignRule.DROPS_ALL : NftForeignRule.PASSES_ON;
            }
        }
    }

    private void readMatch(NetlinkAttributes data) {
        String name = "";
        byte[] info = {};
        while (data.next()) {
            switch (data.type()) {
                case XT_NAME -> name = data.textValue();
                case XT_INFO -> info = data.bytesValue();
                default -> {}
            }
        }
        if (name.equals("comment")) {
            return;
        }
        conditions++;
        translatedConditions += name.equals("conntrack") && ConntrackMatch.isDestinationTranslated(info) ? 1 : 0;
    }
}
