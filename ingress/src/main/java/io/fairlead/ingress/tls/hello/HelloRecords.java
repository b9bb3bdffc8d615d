package io.fairlead.ingress.tls.hello;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The records that the message comes in; it may be spread over several (RFC 8446, section 5.1).
 *
 * <p>Immutable: it has no state.
 */
final class HelloRecords {

    private static final HelloScan MORE = new HelloScan.More();
    private static final int RECORD_HEADER = 5;
    private static final int RECORD_BYTES_MAX = 1 << 14;
    private static final int RECORDS_MAX = 64;
    private static final int MESSAGE_HEADER = 4;
    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;

    private HelloRecords() {}

    static HelloScan scan(ByteBuf in) {
        int end = in.writerIndex();
        int size = 0;
        int header = 0;
        int records = 0;
        for (int at = in.readerIndex(); at < end; at += RECORD_HEADER + in.getUnsignedShort(at + 3)) {
            HelloFault fault = recordFault(in, at, end, ++records);
            if (fault != null) {
                return new HelloScan.Refused(fault);
            }
            int there = Math.min(end, recordEnd(in, at, end)) - at - RECORD_HEADER;
            for (int i = 0; i < there && size + i < MESSAGE_HEADER; i++) {
                header = header << Byte.SIZE | in.getUnsignedByte(at + RECORD_HEADER + i);
            }
            size += Math.max(0, there);
            fault = headerFault(header, size);
            if (fault != null) {
                return new HelloScan.Refused(fault);
            }
            int length = MESSAGE_HEADER + (header & 0xffffff);
            if (size >= MESSAGE_HEADER && size >= length) {
                // What follows the message in its record would be a second message, which no client may send.
                return size > length
                        ? new HelloScan.Refused(HelloFault.MALFORMED)
                        : new HelloReader(message(in, length)).read();
            }
            if (recordEnd(in, at, end) >= end) {
                return MORE;
            }
        }
        return MORE;
    }

    /** Behind the record, or behind what is there if not even its header is. */
    private static int recordEnd(ByteBuf in, int at, int end) {
        return end - at < RECORD_HEADER ? end : at + RECORD_HEADER + in.getUnsignedShort(at + 3);
    }

    /** The version of a record only says that it is one of TLS: RFC 8446, section 5.1, has it ignored. */
    private static @Nullable HelloFault recordFault(ByteBuf in, int at, int end, int records) {
        if (in.getByte(at) != HANDSHAKE) {
            return records == 1 ? HelloFault.NOT_TLS : HelloFault.BAD_RECORD;
        }
        if (end - at >= 2 && in.getByte(at + 1) != 3) {
            return HelloFault.BAD_RECORD;
        }
        if (records > RECORDS_MAX) {
            return HelloFault.TOO_LARGE;
        }
        if (end - at < RECORD_HEADER) {
            return null;
        }
        int length = in.getUnsignedShort(at + 3);
        return length == 0 || length > RECORD_BYTES_MAX ? HelloFault.BAD_RECORD : null;
    }

    private static @Nullable HelloFault headerFault(int header, int size) {
        if (size == 0) {
            return null;
        }
        int shift = Byte.SIZE * (MESSAGE_HEADER - Math.min(size, MESSAGE_HEADER));
        if ((header << shift >>> 24) != CLIENT_HELLO) {
            return HelloFault.NOT_HELLO;
        }
        boolean known = size >= MESSAGE_HEADER;
        return known && (header & 0xffffff) > ClientHello.BYTES_MAX ? HelloFault.TOO_LARGE : null;
    }

    /** The message without its header, out of records that hold all of it. */
    private static byte[] message(ByteBuf in, int length) {
        byte[] message = new byte[length - MESSAGE_HEADER];
        int size = 0;
        for (int at = in.readerIndex(); size < length; at += RECORD_HEADER + in.getUnsignedShort(at + 3)) {
            int there = Math.min(in.getUnsignedShort(at + 3), length - size);
            int skipped = Math.clamp(MESSAGE_HEADER - size, 0, there);
            int to = Math.max(0, size - MESSAGE_HEADER);
            in.getBytes(at + RECORD_HEADER + skipped, message, to, there - skipped);
            size += there;
        }
        return message;
    }
}
