package io.fairlead.ingress.proxy.http1;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Writes the head that goes on, from one that was scanned: {@link #request} or {@link #response}, then {@link #fields},
 * then any {@link #line} and {@link #field}, then {@link #end}. No byte is written that was not scanned or made by the
 * proxy. Field lines go on as they came, in as few copies as there are runs of them; what frames the message is written
 * anew, so that its form is one that nobody reads differently.
 *
 * <p>Thread-safe: it has no state; buffers and heads belong to their event loop.
 */
public final class ForwardedHead {

    /** Fields of this hop (RFC 9110 section 7.6.1), and those that {@link #end} writes anew. */
    private static final long HOP_BY_HOP = KnownField.set(
            KnownField.CONNECTION,
            KnownField.KEEP_ALIVE,
            KnownField.PROXY_CONNECTION,
            KnownField.TE,
            KnownField.UPGRADE,
            KnownField.PROXY,
            KnownField.TRANSFER_ENCODING,
            KnownField.CONTENT_LENGTH);

    private static final byte[] HOST = ascii("Host: ");
    private static final byte[] UPGRADE = ascii("Upgrade: ");
    private static final byte[] REQUEST_END = ascii(" HTTP/1.1\r\n");
    private static final byte[] STATUS_START = ascii("HTTP/1.1 ");
    private static final byte[] CHUNKED_END = ascii("Transfer-Encoding: chunked\r\n\r\n");
    private static final byte[] LENGTH = ascii("Content-Length: ");
    private static final byte[] END = ascii("\r\n\r\n");
    private static final int CR_LF = '\r' << 8 | '\n';

    /** Bytes of a long in decimal. */
    private static final int DIGITS_MAX = 19;

    private ForwardedHead() {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Hot path: the request line with another target. */
    public static void requestLine(ByteBuf out, RequestHead head, byte[] target, int from, int to) {
        out.writeBytes(head.fields().text(), head.methodFrom(), head.methodTo() + 1 - head.methodFrom());
        out.writeBytes(target, from, to - from);
        out.writeBytes(REQUEST_END);
    }

    /**
     * Hot path: the request line with another target, and a Host line if the head has no Host field: then the host is
     * that of its absolute target, or empty.
     */
    public static void request(ByteBuf out, RequestHead head, byte[] target, int from, int to) {
        requestLine(out, head, target, from, to);
        if (!head.fields().contains(KnownField.HOST)) {
            host(out, head.fields().text(), head.hostFrom(), head.hostTo());
        }
    }

    /** A Host line with another host; the head's own must be among what {@link #fields} drops. */
    public static void host(ByteBuf out, byte[] host, int from, int to) {
        out.writeBytes(HOST);
        out.writeBytes(host, from, to - from);
        out.writeShort(CR_LF);
    }

    /** Hot path: the status line, of our own version. */
    public static void response(ByteBuf out, ResponseHead head) {
        byte[] text = head.fields().text();
        out.writeBytes(STATUS_START);
        out.writeBytes(text, head.statusFrom(), 3);
        out.writeByte(' ');
        out.writeBytes(text, head.reasonFrom(), head.reasonTo() - head.reasonFrom());
        out.writeShort(CR_LF);
    }

    /**
     * Hot path: the field lines that go on.
     *
     * @param drops further fields that do not, as {@link KnownField#set}
     */
    public static void fields(ByteBuf out, HeadFields fields, long drops) {
        long dropped = drops | HOP_BY_HOP;
        byte[] text = fields.text();
        int runFrom = 0;
        int runTo = 0;
        int count = fields.count();
        for (int i = 0; i < count; i++) {
            if (fields.isDropped(i) || (fields.known(i).bit() & dropped) != 0) {
                continue;
            }
            int from = fields.nameFrom(i);
            if (from != runTo) {
                write(out, text, runFrom, runTo);
                runFrom = from;
            }
            runTo = fields.lineTo(i);
        }
        write(out, text, runFrom, runTo);
    }

    private static void write(ByteBuf out, byte[] text, int from, int to) {
        if (to > from) {
            out.writeBytes(text, from, to - from);
        }
    }

    /** Asks for, or accepts, the protocols of this Upgrade field (RFC 9110 section 7.8). */
    public static void upgrade(ByteBuf out, HeadFields fields, int field) {
        line(out, FieldLine.CONNECTION_UPGRADE);
        out.writeBytes(UPGRADE);
        out.writeBytes(fields.text(), fields.valueFrom(field), fields.valueTo(field) - fields.valueFrom(field));
        out.writeShort(CR_LF);
    }

    /** A line that was made before. */
    public static void line(ByteBuf out, FieldLine line) {
        out.writeBytes(line.bytes());
    }

    /**
     * A field with a value that is only known by now.
     *
     * @throws IllegalArgumentException if the value has control bytes; nothing is written then
     */
    public static void field(ByteBuf out, FieldName name, byte[] value, int from, int to) {
        if (HttpBytes.control(value, from, to) < to) {
            throw new IllegalArgumentException("the value of a field to add has control bytes");
        }
        out.writeBytes(name.bytes());
        out.writeBytes(value, from, to - from);
        out.writeShort(CR_LF);
    }

    /** Hot path: the framing that the head declares, and the empty line. */
    public static void end(ByteBuf out, HeadFields fields) {
        if (fields.chunked()) {
            out.writeBytes(CHUNKED_END);
        } else if (fields.contentLength() >= 0) {
            out.writeBytes(LENGTH);
            decimal(out, fields.contentLength());
            out.writeBytes(END);
        } else {
            out.writeShort(CR_LF);
        }
    }

    /** Backwards into its place, as the last digit is known first. */
    private static void decimal(ByteBuf out, long value) {
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        out.ensureWritable(DIGITS_MAX);
        int at = out.writerIndex() + digits;
        out.writerIndex(at);
        long rest = value;
        do {
            out.setByte(--at, (int) ('0' + rest % 10));
            rest /= 10;
        } while (rest > 0);
    }
}
