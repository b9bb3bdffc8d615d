package io.fairlead.kernel.nft;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * User data of rules and sets: the kernel keeps it unread, the {@code nft} program finds comments and byte orders in
 * it. Each item is a byte of type, a byte of length and the value (libnftnl, udata.h).
 *
 * <p>Thread-safe: pure functions.
 */
final class NftUserData {

    private static final int RULE_COMMENT = 0;
    private static final int SET_KEY_BYTE_ORDER = 0;
    private static final int SET_DATA_BYTE_ORDER = 1;
    private static final int HOST_ENDIAN = 1;
    private static final int BIG_ENDIAN = 2;

    private NftUserData() {}

    /** @param comment at most {@link NftRule#COMMENT_BYTES_MAX} bytes */
    static byte[] ofRule(String comment) {
        byte[] text = comment.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(text.length + 3)
                .put((byte) RULE_COMMENT)
                .put((byte) (text.length + 1))
                .put(text)
                .array();
    }

    /** The comment in a rule's user data, empty if there is none. */
    static String comment(byte[] userData) {
        int at = 0;
        while (at + 2 <= userData.length) {
            int length = userData[at + 1] & 0xff;
            int end = Math.min(at + 2 + length, userData.length);
            if (userData[at] == RULE_COMMENT) {
                // The last byte is a zero.
                return new String(userData, at + 2, Math.max(0, end - at - 3), StandardCharsets.UTF_8);
            }
            at = end;
        }
        return "";
    }

    /** Without the byte orders {@code nft} prints single fields in host order wrongly; concatenations need none. */
    static byte[] ofSet(NftSet set) {
        ByteBuffer items = ByteBuffer.allocate(12).order(ByteOrder.nativeOrder());
        items.put((byte) SET_KEY_BYTE_ORDER).put((byte) Integer.BYTES).putInt(byteOrder(set.key()));
        if (!set.data().isEmpty()) {
            items.put((byte) SET_DATA_BYTE_ORDER).put((byte) Integer.BYTES).putInt(byteOrder(set.data()));
        }
        return Arrays.copyOf(items.array(), items.position());
    }

    private static int byteOrder(List<NftType> fields) {
        return fields.size() == 1 && fields.getFirst() == NftType.MARK ? HOST_ENDIAN : BIG_ENDIAN;
    }
}
