package io.fairlead.bench.ingress;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;

/**
 * A connection of gRPC to the backend: each request gets the same head, message and trailers (RFC 9113; the protocol
 * "gRPC over HTTP/2"). Fields of requests are not decoded, since nothing depends on them.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A write that fails is an exception of the connection.
final class GrpcBackend extends ByteToMessageDecoder {

    private static final int PREFACE_BYTES = 24;
    private static final int HEADER_BYTES = 9;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int WINDOW_UPDATE = 8;
    private static final int END_STREAM = 1;
    private static final int ACK = 1;
    private static final int END_HEADERS = 4;

    /** What the peer may send us unasked; it is topped up when half of it is used. */
    private static final int RECEIVE_WINDOW = 1 << 30;

    private static final int FIRST_WINDOW = 65_535;

    private static final byte[] HEAD = fields(true, "content-type", "application/grpc");
    private static final byte[] TRAILERS = fields(false, "grpc-status", "0");
    private static final byte[] MESSAGE = message();

    private final ArrayDeque<Integer> waiting = new ArrayDeque<>();
    private boolean begun;
    private long sendWindow = FIRST_WINDOW;
    private int received;

    /** Fields without an entry in a table (RFC 7541, section 6.2.2), behind {@code :status: 200} of the static one. */
    private static byte[] fields(boolean status, String name, String value) {
        ByteBuf block = Unpooled.buffer();
        if (status) {
            block.writeByte(0x88);
        }
        block.writeByte(0).writeByte(name.length());
        block.writeCharSequence(name, StandardCharsets.US_ASCII);
        block.writeByte(value.length());
        block.writeCharSequence(value, StandardCharsets.US_ASCII);
        byte[] bytes = new byte[block.readableBytes()];
        block.readBytes(bytes);
        return bytes;
    }

    /** Not compressed, of 64 bytes. */
    static byte[] message() {
        byte[] message = new byte[5 + 64];
        message[4] = 64;
        return message;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ByteBuf out = ctx.alloc().buffer();
        // SETTINGS_MAX_CONCURRENT_STREAMS, SETTINGS_INITIAL_WINDOW_SIZE.
        header(out, 12, SETTINGS, 0, 0)
                .writeShort(3)
                .writeInt(1 << 20)
                .writeShort(4)
                .writeInt(1 << 20);
        header(out, 4, WINDOW_UPDATE, 0, 0).writeInt(RECEIVE_WINDOW);
        ctx.writeAndFlush(out);
    }

    private static ByteBuf header(ByteBuf out, int length, int type, int flags, int stream) {
        return out.writeMedium(length).writeByte(type).writeByte(flags).writeInt(stream);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> nothing) {
        if (!begun) {
            if (in.readableBytes() < PREFACE_BYTES) {
                return;
            }
            in.skipBytes(PREFACE_BYTES);
            begun = true;
        }
        ByteBuf out = ctx.alloc().buffer();
        while (in.readableBytes() >= HEADER_BYTES
                && in.readableBytes() >= HEADER_BYTES + in.getUnsignedMedium(in.readerIndex())) {
            frame(in, out);
        }
        while (!waiting.isEmpty() && sendWindow >= MESSAGE.length) {
            answer(out, waiting.removeFirst());
        }
        if (received > RECEIVE_WINDOW / 2) {
            header(out, 4, WINDOW_UPDATE, 0, 0).writeInt(received);
            received = 0;
        }
        if (out.isReadable()) {
            ctx.write(out, ctx.voidPromise());
        } else {
            out.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        super.channelReadComplete(ctx);
        ctx.flush();
    }

    private void frame(ByteBuf in, ByteBuf out) {
        int length = in.readUnsignedMedium();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        if (type == WINDOW_UPDATE && stream == 0) {
            sendWindow += in.getInt(in.readerIndex());
        } else if (type == PING && (flags & ACK) == 0) {
            header(out, length, PING, ACK, 0).writeBytes(in, in.readerIndex(), length);
        } else if (type == SETTINGS && (flags & ACK) == 0) {
            header(out, 0, SETTINGS, ACK, 0);
        } else if (type == DATA || type == HEADERS) {
            received += type == DATA ? length : 0;
            if ((flags & END_STREAM) != 0) {
                waiting.add(stream);
            }
        }
        in.skipBytes(length);
    }

    private void answer(ByteBuf out, int stream) {
        sendWindow -= MESSAGE.length;
        header(out, HEAD.length, HEADERS, END_HEADERS, stream).writeBytes(HEAD);
        header(out, MESSAGE.length, DATA, 0, stream).writeBytes(MESSAGE);
        header(out, TRAILERS.length, HEADERS, END_HEADERS | END_STREAM, stream).writeBytes(TRAILERS);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
