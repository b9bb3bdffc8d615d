package io.fairlead.ingress.proxy.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.ingress.loop.Worker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Frames with wrong bytes in them are understood or refused, and nothing else comes of them. */
@SuppressWarnings("FutureReturnValueIgnored") // What is written is taken out of the channel.
final class FrameFuzzTest {

    private static final int ROUNDS = 20_000;
    private static final int HEAD_BYTES_MAX = 16 << 10;
    private static final String[] NAMES = {":method", ":path", ":scheme", ":authority", "cookie", "te", "x-a", "accept"
    };

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final FieldSink sink = new FieldSink();
    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    private final ChannelHandlerContext context = channel.pipeline().firstContext();
    private final Worker worker = new Worker(channel.eventLoop(), 0);

    private int understood;
    private int refused;

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private String value() {
        StringBuilder value = new StringBuilder();
        for (int n = random.nextInt(40); n > 0; n--) {
            value.append((char) (' ' + random.nextInt(0x5f)));
        }
        return value.toString();
    }

    private Http2Headers fields() {
        Http2Headers fields = new DefaultHttp2Headers(false);
        for (String name : NAMES) {
            if (random.nextInt(8) > 0) {
                fields.add(name, value());
            }
        }
        return fields;
    }

    /** A few frames as a client sends them. */
    private ByteBuf frames() {
        DefaultHttp2FrameWriter writer = new DefaultHttp2FrameWriter();
        writer.writeHeaders(context, 1, fields(), 0, false, channel.newPromise());
        writer.writeData(
                context, 1, Unpooled.copiedBuffer(value(), StandardCharsets.US_ASCII), 3, false, channel.newPromise());
        writer.writeWindowUpdate(context, 0, 1 + random.nextInt(1 << 20), channel.newPromise());
        writer.writeSettings(
                context, new Http2Settings().initialWindowSize(random.nextInt(1 << 20)), channel.newPromise());
        writer.writePing(context, false, random.nextLong(), channel.newPromise());
        writer.writeRstStream(context, 3, 8, channel.newPromise());
        writer.writeHeaders(context, 5, fields(), 7, true, channel.newPromise());
        channel.flush();
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
            all.writeBytes(next);
            next.release();
        }
        return all;
    }

    private void spoil(ByteBuf frames) {
        for (int n = random.nextInt(4); n > 0; n--) {
            frames.setByte(random.nextInt(frames.readableBytes()), random.nextInt(256));
        }
        if (random.nextInt(8) == 0) {
            frames.writerIndex(random.nextInt(frames.readableBytes()));
        }
    }

    @Test
    void wrongBytesAreUnderstoodOrRefused() {
        for (int i = 0; i < ROUNDS; i++) {
            ByteBuf frames = frames();
            if (i > 0) {
                spoil(frames);
            }
            read(frames);
            if (i == 0) {
                assertEquals(2, understood, "what is not spoilt is understood");
            }
        }
        assertTrue(understood > ROUNDS / 10, () -> understood + " of " + ROUNDS + ", seed " + seed);
        assertTrue(refused > ROUNDS / 10, () -> refused + " of " + ROUNDS + ", seed " + seed);
    }

    private void read(ByteBuf frames) {
        GuardedReader reader =
                new GuardedReader(new DefaultHttp2Connection(true), sink, HEAD_BYTES_MAX, new Allowance(worker, 1_000));
        try {
            int before;
            do {
                before = frames.readableBytes();
                reader.readFrame(context, frames, new Http2FrameAdapter() {
                    @Override
                    public void onHeadersRead(
                            ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean end) {
                        expectLines();
                    }
                });
            } while (frames.isReadable() && frames.readableBytes() < before);
        } catch (Http2Exception e) {
            refused++;
        } finally {
            reader.close();
            frames.release();
        }
    }

    private void expectLines() {
        HeadBuffer head = new HeadBuffer();
        if (sink.writeRequest(head, true)) {
            String text = new String(head.bytes(), 0, head.length(), StandardCharsets.ISO_8859_1);
            String rest = text.replace("\r\n", "");
            assertTrue(rest.indexOf('\r') < 0 && rest.indexOf('\n') < 0, () -> "seed " + seed + ": " + text);
            assertTrue(text.endsWith("\r\n\r\n"), () -> "seed " + seed + ": " + text);
            assertTrue(text.length() < 2 * HEAD_BYTES_MAX, () -> "seed " + seed + ": " + text.length());
        }
        understood++;
    }
}
