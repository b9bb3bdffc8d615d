package io.fairlead.kernel.nft;

import io.fairlead.kernel.netlink.NetlinkWriter;

/**
 * Numbers of include/uapi/linux/netfilter/nf_tables.h and nfnetlink.h that writing and reading share; names are those
 * of the headers without their prefix.
 *
 * <p>Thread-safe: constants and a pure function.
 */
final class NfTables {

    /** NFNL_SUBSYS_NFTABLES. */
    static final int SUBSYSTEM = 10;

    static final int NEW_TABLE = message(0);
    static final int GET_TABLE = message(1);
    static final int DELETE_TABLE = message(2);
    static final int NEW_CHAIN = message(3);
    static final int GET_CHAIN = message(4);
    static final int DELETE_CHAIN = message(5);
    static final int NEW_RULE = message(6);
    static final int GET_RULE = message(7);
    static final int DELETE_RULE = message(8);
    static final int NEW_SET = message(9);
    static final int GET_SET = message(10);
    static final int DELETE_SET = message(11);
    static final int NEW_ELEMENT = message(12);
    static final int GET_ELEMENT = message(13);
    static final int DELETE_ELEMENT = message(14);
    static final int GET_GENERATION = message(16);

    /** NFTA_TABLE_NAME; the table's name has number 1 in the messages of chains, rules, sets and elements too. */
    static final int TABLE = 1;

    static final int TABLE_FLAGS = 2;
    static final int TABLE_OWNER = 7;
    /** NFT_TABLE_F_OWNER. */
    static final int TABLE_FLAG_OWNER = 2;
    /** NFT_TABLE_F_PERSIST, kernel 6.9. */
    static final int TABLE_FLAG_PERSIST = 4;

    static final int CHAIN_NAME = 3;
    static final int CHAIN_HOOK = 4;
    static final int CHAIN_POLICY = 5;
    static final int CHAIN_TYPE = 7;
    static final int HOOK_NUMBER = 1;
    static final int HOOK_PRIORITY = 2;

    static final int RULE_CHAIN = 2;
    static final int RULE_EXPRESSIONS = 4;
    static final int RULE_USER_DATA = 7;

    static final int ELEMENTS_SET = 2;
    static final int ELEMENTS_LIST = 3;
    /** NFTA_LIST_ELEM. */
    static final int LIST_ITEM = 1;

    static final int ELEMENT_KEY = 1;
    static final int ELEMENT_DATA = 2;
    static final int DATA_VALUE = 1;
    static final int DATA_VERDICT = 2;
    static final int VERDICT_CODE = 1;
    static final int VERDICT_CHAIN = 2;

    static final int CODE_DROP = 0;
    static final int CODE_ACCEPT = 1;
    static final int CODE_JUMP = -3;
    static final int CODE_GOTO = -4;
    static final int CODE_RETURN = -5;

    /** Length of struct nfgenmsg, which stands in front of the attributes. */
    static final int HEADER_BYTES = 4;

    private NfTables() {}

    private static int message(int number) {
        return SUBSYSTEM << 8 | number;
    }

    /** Writes struct nfgenmsg. */
    static void header(NetlinkWriter writer, int family, int resource) {
        writer.fixedByte(family);
        writer.fixedByte(0);
        writer.fixedNetworkShort(resource);
    }

    /** Writes the data of a verdict, as rules and elements hold it. */
    static void verdict(NetlinkWriter writer, int attribute, NftVerdict verdict) {
        int data = writer.beginNested(attribute);
        int nest = writer.beginNested(DATA_VERDICT);
        switch (verdict) {
            case NftVerdict.Accept ignored -> writer.putNetworkInt(VERDICT_CODE, CODE_ACCEPT);
            case NftVerdict.Drop ignored -> writer.putNetworkInt(VERDICT_CODE, CODE_DROP);
            case NftVerdict.Return ignored -> writer.putNetworkInt(VERDICT_CODE, CODE_RETURN);
            case NftVerdict.Jump jump -> {
                writer.putNetworkInt(VERDICT_CODE, CODE_JUMP);
                writer.putText(VERDICT_CHAIN, jump.chain());
            }
            case NftVerdict.Goto go -> {
                writer.putNetworkInt(VERDICT_CODE, CODE_GOTO);
                writer.putText(VERDICT_CHAIN, go.chain());
            }
        }
        writer.endNested(nest);
        writer.endNested(data);
    }
}
