package io.fairlead.kernel.nft;

import io.fairlead.kernel.netlink.NetlinkAttributes;
import io.fairlead.kernel.netlink.NetlinkWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Definitions of sets and maps as attributes of NFT_MSG_NEWSET, both ways.
 *
 * <p>Thread-safe: pure functions.
 */
final class NftSetCodec {

    private static final int NAME = 2;
    private static final int FLAGS = 3;
    private static final int KEY_TYPE = 4;
    private static final int KEY_LENGTH = 5;
    private static final int DATA_TYPE = 6;
    private static final int DATA_LENGTH = 7;
    private static final int DESCRIPTION = 9;
    private static final int ID = 10;
    private static final int USER_DATA = 13;
    private static final int DESCRIPTION_SIZE = 1;

    private static final int FLAG_MAP = 0x8;
    private static final int FLAG_TIMEOUT = 0x10;
    private static final int FLAG_EVAL = 0x20;

    /** NFT_DATA_VERDICT: the data type of verdict maps. */
    private static final int VERDICT = 0xffffff00;

    /** Six bits for each field of a concatenation (TYPE_BITS of the {@code nft} program). */
    private static final int FIELD_BITS = 6;

    private NftSetCodec() {}

    /** @param id a number that no other set of the same batch has: the kernel insists on it */
    static void write(NetlinkWriter writer, NftSet set, int id) {
        boolean map = set.verdicts() || !set.data().isEmpty();
        writer.putText(NAME, set.name());
        writer.putNetworkInt(FLAGS, (map ? FLAG_MAP : 0) | (set.dynamic() ? FLAG_TIMEOUT | FLAG_EVAL : 0));
        writer.putNetworkInt(KEY_TYPE, typeNumber(set.key()));
        writer.putNetworkInt(KEY_LENGTH, set.keyLength());
        if (map) {
            writer.putNetworkInt(DATA_TYPE, set.verdicts() ? VERDICT : typeNumber(set.data()));
            // The kernel ignores the length of a verdict but wants the attribute.
            writer.putNetworkInt(DATA_LENGTH, set.verdicts() ? Integer.BYTES : set.dataLength());
        }
        if (set.size() > 0) {
            int description = writer.beginNested(DESCRIPTION);
            writer.putNetworkInt(DESCRIPTION_SIZE, set.size());
            writer.endNested(description);
        }
        writer.putNetworkInt(ID, id);
        writer.putBytes(USER_DATA, NftUserData.ofSet(set));
    }

    /**
     * A set that has fields which we never use, or other flags, gets an empty key: it equals no set of ours but can be
     * deleted by its name.
     */
    static NftSet read(NetlinkAttributes attributes) {
        String name = "";
        int flags = 0;
        int keyType = 0;
        int keyLength = 0;
        int dataType = 0;
        int dataLength = 0;
        int size = 0;
        NetlinkAttributes description = new NetlinkAttributes();
        while (attributes.next()) {
            switch (attributes.type()) {
                case NAME -> name = attributes.textValue();
                case FLAGS -> flags = attributes.networkIntValue();
                case KEY_TYPE -> keyType = attributes.networkIntValue();
                case KEY_LENGTH -> keyLength = attributes.networkIntValue();
                case DATA_TYPE -> dataType = attributes.networkIntValue();
                case DATA_LENGTH -> dataLength = attributes.networkIntValue();
                case DESCRIPTION -> {
                    attributes.nested(description);
                    size = readSize(description);
                }
                default -> {}
            }
        }
        boolean map = (flags & FLAG_MAP) != 0;
        boolean verdicts = map && dataType == VERDICT;
        boolean dynamic = (flags & FLAG_EVAL) != 0;
        int expectedFlags = (map ? FLAG_MAP : 0) | (dynamic ? FLAG_TIMEOUT | FLAG_EVAL : 0);
        List<NftType> key = fields(keyType);
        List<NftType> data = map && !verdicts ? fields(dataType) : List.of();
        NftSet set = new NftSet(name, key, data, verdicts, dynamic, size);
        boolean ours = flags == expectedFlags
                && !key.isEmpty()
                && set.keyLength() == keyLength
                && (verdicts || set.dataLength() == dataLength && data.isEmpty() != map);
        return ours ? set : new NftSet(name, List.of(), List.of(), verdicts, dynamic, size);
    }

    private static int readSize(NetlinkAttributes description) {
        int size = 0;
        while (description.next()) {
            if (description.type() == DESCRIPTION_SIZE) {
                size = description.networkIntValue();
            }
        }
        return size;
    }

    private static int typeNumber(List<NftType> fields) {
        int number = 0;
        for (NftType field : fields) {
            number = number << FIELD_BITS | field.number();
        }
        return number;
    }

    /** Empty if one of the fields is not of our types. */
    private static List<NftType> fields(int number) {
        List<NftType> fields = new ArrayList<>();
        for (int rest = number; rest != 0; rest >>>= FIELD_BITS) {
            int field = rest & ((1 << FIELD_BITS) - 1);
            Arrays.stream(NftType.values())
                    .filter(type -> type.number() == field)
                    .forEach(fields::add);
        }
        Collections.reverse(fields);
        return typeNumber(fields) == number ? fields : List.of();
    }
}
