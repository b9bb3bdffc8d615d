package io.fairlead.ingress.tls.hello;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * Writes ClientHellos, right and wrong ones.
 *
 * <p>Immutable: it has no state.
 */
public final class Hello {

    private Hello() {}

    /** A right one in one record. */
    public static ByteBuf of(String name, String... protocols) {
        return record(message(
                Extension.serverName(name), protocols.length == 0 ? Extension.none() : Extension.alpn(protocols)));
    }

    /** The message with its header. */
    public static ByteBuf message(ByteBuf... extensions) {
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf extension : extensions) {
            all.writeBytes(extension);
        }
        ByteBuf body = Unpooled.buffer().writeShort(0x0303).writeZero(32);
        body.writeByte(0).writeShort(2).writeShort(0x1301).writeByte(1).writeByte(0);
        body.writeShort(all.readableBytes()).writeBytes(all);
        return framed(body);
    }

    /** A body behind the header of a ClientHello. */
    static ByteBuf framed(ByteBuf body) {
        return Unpooled.buffer().writeByte(1).writeMedium(body.readableBytes()).writeBytes(body);
    }

    /** One record of the handshake around bytes. */
    public static ByteBuf record(ByteBuf bytes) {
        return Unpooled.buffer()
                .writeByte(22)
                .writeShort(0x0301)
                .writeShort(bytes.readableBytes())
                .writeBytes(bytes);
    }

    /** Records of so many bytes each. */
    public static ByteBuf records(ByteBuf message, int size) {
        ByteBuf all = Unpooled.buffer();
        while (message.isReadable()) {
            all.writeBytes(record(message.readSlice(Math.min(size, message.readableBytes()))));
        }
        return all;
    }

    /**
     * Extensions.
     *
     * <p>Immutable: it has no state.
     */
    static final class Extension {

        private Extension() {}

        static ByteBuf none() {
            return Unpooled.EMPTY_BUFFER;
        }

        static ByteBuf of(int type, ByteBuf data) {
            return Unpooled.buffer()
                    .writeShort(type)
                    .writeShort(data.readableBytes())
                    .writeBytes(data);
        }

        static ByteBuf serverName(String name) {
            byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
            return of(
                    0,
                    Unpooled.buffer()
                            .writeShort(bytes.length + 3)
                            .writeByte(0)
                            .writeShort(bytes.length)
                            .writeBytes(bytes));
        }

        static ByteBuf alpn(String... protocols) {
            ByteBuf list = Unpooled.buffer();
            for (String protocol : protocols) {
                list.writeByte(protocol.length());
                list.writeCharSequence(protocol, StandardCharsets.ISO_8859_1);
            }
            return of(16, Unpooled.buffer().writeShort(list.readableBytes()).writeBytes(list));
        }
    }
}
