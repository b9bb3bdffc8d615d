package io.fairlead.kernel.netlink;

import io.fairlead.kernel.KernelException;

/**
 * A window that moves over the messages of a datagram. Nothing is copied and nothing is trusted: a length that leaves
 * the datagram ends the reading with a {@link KernelException}.
 *
 * <p>Confined to the thread of its socket.
 */
public final class NetlinkMessage {

    /** NLM_F_DUMP_INTR: what is being listed changed meanwhile. */
    static final int DUMP_INTERRUPTED = 0x10;

    private static final int LENGTH_MIN = NetlinkWriter.HEADER_BYTES;
    private byte[] buffer = {};
    private int end;
    private int start;
    private int following;
    private int length;

    /** Puts the window in front of the first message. */
    void reset(byte[] datagram, int size) {
        buffer = datagram;
        end = size;
        following = 0;
        length = 0;
    }

    /** Moves to the next message; false behind the last one. */
    public boolean next() {
        if (following >= end) {
            return false;
        }
        start = following;
        int left = end - start;
        length = left < LENGTH_MIN ? 0 : NativeBytes.getInt(buffer, start);
        if (length < LENGTH_MIN || length > left) {
            throw malformed("message of " + length + " bytes, " + left + " are left");
        }
        // Cannot overflow: the length is at most the size of a datagram.
        following = start + ((length + 3) & ~3);
        return true;
    }

    public int type() {
        return NativeBytes.getShort(buffer, start + NetlinkWriter.TYPE_OFFSET);
    }

    public int flags() {
        return NativeBytes.getShort(buffer, start + NetlinkWriter.FLAGS_OFFSET);
    }

    public int sequence() {
        return NativeBytes.getInt(buffer, start + NetlinkWriter.SEQUENCE_OFFSET);
    }

    /** Port of the socket that caused a notification; 0 for the kernel. */
    public int portId() {
        return NativeBytes.getInt(buffer, start + NetlinkWriter.PORT_OFFSET);
    }

    /** Bytes behind the netlink header. */
    public int payloadLength() {
        return length - NetlinkWriter.HEADER_BYTES;
    }

    /** A byte of the payload, unsigned. */
    public int byteAt(int offset) {
        return buffer[index(offset, 1)] & 0xff;
    }

    /** Two bytes of the payload in host order, unsigned. */
    public int shortAt(int offset) {
        return NativeBytes.getShort(buffer, index(offset, Short.BYTES));
    }

    /** Two bytes of the payload in network order, unsigned. */
    public int networkShortAt(int offset) {
        return NativeBytes.getNetworkShort(buffer, index(offset, Short.BYTES));
    }

    /** Four bytes of the payload in host order. */
    public int intAt(int offset) {
        return NativeBytes.getInt(buffer, index(offset, Integer.BYTES));
    }

    /**
     * Points {@code attributes} at the attributes that follow the facility's own header.
     *
     * @param headerLength length of that header, a multiple of four
     */
    public void attributes(int headerLength, NetlinkAttributes attributes) {
        int left = payloadLength() - headerLength;
        if (headerLength < 0 || left < 0) {
            throw malformed("payload of " + payloadLength() + " bytes, attributes at " + headerLength);
        }
        attributes.reset(buffer, start + NetlinkWriter.HEADER_BYTES + headerLength, left);
    }

    /**
     * Points {@code attributes} at the middle of a message, as the kernel names the attribute that it does not accept.
     *
     * @param offset from the start of the netlink header
     */
    public void attributesAt(int offset, NetlinkAttributes attributes) {
        attributes(offset - NetlinkWriter.HEADER_BYTES, attributes);
    }

    private int index(int offset, int width) {
        if (offset < 0 || offset > payloadLength() - width) {
            throw malformed("payload of " + payloadLength() + " bytes, wanted " + width + " at " + offset);
        }
        return start + NetlinkWriter.HEADER_BYTES + offset;
    }

    static KernelException malformed(String detail) {
        return new KernelException("decode", "netlink message", 0, detail);
    }
}
