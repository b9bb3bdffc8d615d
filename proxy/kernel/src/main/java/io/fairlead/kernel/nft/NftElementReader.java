package io.fairlead.kernel.nft;

import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.netlink.NetlinkAttributes;
import io.fairlead.kernel.netlink.NetlinkClient;
import io.fairlead.kernel.netlink.NetlinkMessage;
import io.fairlead.kernel.netlink.NetlinkWriter;

/**
 * Reads the elements of one set.
 *
 * <p>Hot path: nothing is allocated for an element, unless its verdict names a chain.
 *
 * <p>Confined to the thread of its driver.
 */
final class NftElementReader implements NetlinkClient.DumpVisitor {

    private final NftSet set;
    private final NftVerdicts verdicts;
    private final byte[] key;
    private final byte[] value;
    private final NetlinkAttributes attributes = new NetlinkAttributes();
    private final NetlinkAttributes items = new NetlinkAttributes();
    private final NetlinkAttributes item = new NetlinkAttributes();
    private final NetlinkAttributes data = new NetlinkAttributes();
    private NftElements elements;

    NftElementReader(NftSet set, NftVerdicts verdicts) {
        this.set = set;
        this.verdicts = verdicts;
        this.key = new byte[set.keyLength()];
        this.value = new byte[set.valueLength()];
        this.elements = new NftElements(key.length, value.length);
    }

    NftElements read(NetlinkClient client, NftTable table) {
        NetlinkWriter writer = client.begin(NfTables.GET_ELEMENT, 0);
        NfTables.header(writer, table.family().number(), 0);
        writer.putText(NfTables.TABLE, table.name());
        writer.putText(NfTables.ELEMENTS_SET, set.name());
        client.dump("read elements of", table + " " + set.name(), this);
        return elements;
    }

    @Override
    public void begin() {
        elements = new NftElements(key.length, value.length);
    }

    @Override
    public void message(NetlinkMessage message) {
        message.attributes(NfTables.HEADER_BYTES, attributes);
        while (attributes.next()) {
            if (attributes.type() == NfTables.ELEMENTS_LIST) {
                attributes.nested(items);
                while (items.next()) {
                    items.nested(item);
                    readElement();
                }
            }
        }
    }

    private void readElement() {
        boolean complete = value.length == 0;
        while (item.next()) {
            switch (item.type()) {
                case NfTables.ELEMENT_KEY -> {
                    item.nested(data);
                    readValue(key);
                }
                case NfTables.ELEMENT_DATA -> {
                    item.nested(data);
                    if (set.verdicts()) {
                        readVerdict();
                    } else {
                        readValue(value);
                    }
                    complete = true;
                }
                default -> {}
            }
        }
        if (!complete) {
            throw malformed("an element without a value");
        }
        elements.add(key, value);
    }

    private void readValue(byte[] into) {
        if (!data.next() || data.type() != NfTables.DATA_VALUE) {
            throw malformed("a key or value without bytes");
        }
        data.copyTo(into);
    }

    private void readVerdict() {
        if (!data.next() || data.type() != NfTables.DATA_VERDICT) {
            throw malformed("a value that is no verdict");
        }
        data.nested(data);
        int code = 0;
        String chain = "";
        while (data.next()) {
            switch (data.type()) {
                case NfTables.VERDICT_CODE -> code = data.networkIntValue();
                case NfTables.VERDICT_CHAIN -> chain = data.textValue();
                default -> {}
            }
        }
        int number = verdicts.number(verdict(code, chain));
        value[0] = (byte) (number >>> 24);
        value[1] = (byte) (number >>> 16);
        value[2] = (byte) (number >>> 8);
        value[3] = (byte) number;
    }

    private NftVerdict verdict(int code, String chain) {
        return switch (code) {
            case NfTables.CODE_ACCEPT -> new NftVerdict.Accept();
            case NfTables.CODE_DROP -> new NftVerdict.Drop();
            case NfTables.CODE_RETURN -> new NftVerdict.Return();
            case NfTables.CODE_JUMP -> new NftVerdict.Jump(chain);
            case NfTables.CODE_GOTO -> new NftVerdict.Goto(chain);
            default -> throw malformed("verdict " + code);
        };
    }

    private KernelException malformed(String detail) {
        return new KernelException("read elements of", set.name(), 0, "the kernel listed " + detail);
    }
}
