package io.fairlead.ingress.proxy.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/**
 * Nothing is allocated for a message.
 *
 * <p>Confined to the test thread.
 */
final class HotPathAllocationTest {

    private static final int WARM_UP = 10_000;
    private static final int MESSAGES = 10_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void requestsAreScannedAndForwardedWithoutAllocation() {
        byte[] text = bytes("""
                POST /a/b?c=d HTTP/1.1
                Host: a.example
                Connection: keep-alive, X-Hop
                X-Hop: 1
                Accept: */*
                Cookie: a=b
                Content-Length: 12345
                Expect: 100-continue

                """);
        RequestHead head = new RequestHead(HeadLimits.DEFAULT);
        ByteBuf out = Unpooled.buffer(4096);
        FieldLine line = FieldLine.of("X-Forwarded-Proto", "https");
        FieldName name = FieldName.of("X-Forwarded-Host");
        allocatesNothing(() -> {
            out.clear();
            head.begin(0, true);
            head.scan(text, text.length / 2);
            head.scan(text, text.length);
            ForwardedHead.request(out, head, text, head.pathFrom(), head.pathTo());
            ForwardedHead.fields(out, head.fields(), KnownField.COOKIE.bit());
            ForwardedHead.line(out, line);
            ForwardedHead.field(out, name, text, head.hostFrom(), head.hostTo());
            ForwardedHead.end(out, head.fields());
        });
        assertEquals(HeadFault.NONE, head.fault());
    }

    @Test
    void answersAreScannedAndForwardedWithoutAllocation() {
        byte[] text = bytes("HTTP/1.1 200 OK\nServer: x\nConnection: close\nTransfer-Encoding: chunked\n\n");
        ResponseHead head = new ResponseHead(HeadLimits.DEFAULT);
        ByteBuf out = Unpooled.buffer(4096);
        allocatesNothing(() -> {
            out.clear();
            head.begin(0, RequestMethod.GET);
            head.scan(text, text.length);
            ForwardedHead.response(out, head);
            ForwardedHead.fields(out, head.fields(), 0);
            ForwardedHead.end(out, head.fields());
        });
        assertEquals(Framing.CHUNKED, head.framing());
    }

    @Test
    void bodiesAreFollowedWithoutAllocation() {
        ByteBuf in = Unpooled.wrappedBuffer(bytes("5\nhello\n5;a=b\nworld\n0\nX-Sum: 1\n\n"));
        ChunkScanner chunks = new ChunkScanner();
        allocatesNothing(() -> {
            chunks.begin();
            int half = chunks.scan(in, 0, in.writerIndex() / 2);
            chunks.scan(in, half, in.writerIndex());
        });
        assertEquals(Progress.COMPLETE, chunks.progress());
    }

    @Test
    void refusingAllocatesNothing() {
        byte[] text = bytes("GET / HTTP/1.1\nHost: a.example\nContent-Length: 5, 5\n\n");
        RequestHead head = new RequestHead(HeadLimits.DEFAULT);
        allocatesNothing(() -> {
            head.begin(0, false);
            head.scan(text, text.length);
        });
        assertEquals(HeadFault.BAD_LENGTH, head.fault());
    }

    private void allocatesNothing(Runnable message) {
        for (int i = 0; i < WARM_UP; i++) {
            message.run();
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < MESSAGES; i++) {
            message.run();
        }
        // The counter's own reading may cost some bytes, but not one for each message.
        assertEquals(0, (threads.getCurrentThreadAllocatedBytes() - before) / MESSAGES, "bytes for each message");
    }

    /** Lines are written with LF here and end with CR LF. */
    private static byte[] bytes(String lines) {
        return lines.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII);
    }
}
