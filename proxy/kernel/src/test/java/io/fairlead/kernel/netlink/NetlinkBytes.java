package io.fairlead.kernel.netlink;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * Lets tests of other packages look at the bytes of messages.
 *
 * <p>Thread-safe.
 */
public final class NetlinkBytes {

    private NetlinkBytes() {}

    /** All that was written, in hexadecimal digits. */
    public static String written(NetlinkWriter writer) {
        return HexFormat.of().formatHex(writer.buffer(), 0, writer.size());
    }

    /** The first message of a datagram. */
    public static NetlinkMessage message(byte[] datagram) {
        NetlinkMessage message = new NetlinkMessage();
        message.reset(Arrays.copyOf(datagram, datagram.length), datagram.length);
        if (!message.next()) {
            throw new AssertionError("there is no message");
        }
        return message;
    }

    /** The message that was written. */
    public static NetlinkMessage message(NetlinkWriter writer) {
        return message(Arrays.copyOf(writer.buffer(), writer.size()));
    }
}
