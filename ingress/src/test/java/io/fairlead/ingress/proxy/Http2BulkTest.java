package io.fairlead.ingress.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Much content, and many requests: what they cost. */
@Timeout(50)
final class Http2BulkTest {

    private static final int BULK = 32 << 20;
    private static final int PIECE = 16_384;
    private static final long HELD_MAX = 16 << 20;

    /** With a detector of leaks that counts each buffer; without it, it is a third. */
    private static final long BYTES_PER_REQUEST_MAX = 4_000;

    private final RunningProxy proxy = new RunningProxy();

    @AfterEach
    void close() {
        proxy.close();
    }

    /** Takes all content and answers with as much. */
    private static ScriptedBackend bulk() {
        return ScriptedBackend.start(connection -> {
            while (connection.readHead()) {
                long length = Long.parseLong(connection.field("content-length"));
                connection.in().skipNBytes(length);
                OutputStream out = connection.socket().getOutputStream();
                out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                for (long left = length; left > 0; left -= PIECE) {
                    out.write(new byte[PIECE]);
                }
            }
        });
    }

    /** Sends back what comes, while more comes. */
    private static ScriptedBackend echo() {
        return ScriptedBackend.start(connection -> {
            while (connection.readHead()) {
                long left = Long.parseLong(connection.field("content-length"));
                OutputStream out = connection.socket().getOutputStream();
                out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + left + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                for (; left > 0; left -= PIECE) {
                    out.write(connection.in().readNBytes(PIECE));
                }
            }
        });
    }

    private static void bulkUpAndDown(H2Wire client) {
        long before = usedMemory();
        client.send(H2Wire.SETTINGS, 0, 0, H2Wire.setting(4, 0x7fffffff)).window(0, 0x3fffffff);
        client.post(1, "content-length: " + BULK);
        // The connection's window is opened further; the stream's is the first to end.
        long window = 65_535;
        long sent = 0;
        long received = 0;
        while (received < BULK) {
            while (sent < BULK && window >= PIECE) {
                client.send(H2Wire.DATA, sent + PIECE == BULK ? H2Wire.END_STREAM : 0, 1, new byte[PIECE]);
                sent += PIECE;
                window -= PIECE;
            }
            H2Wire.Frame frame = client.next();
            assertTrue(frame.type() >= 0 && frame.type() != H2Wire.RST_STREAM, "ended after " + received + " bytes");
            window += frame.is(H2Wire.WINDOW_UPDATE, 1) ? frame.number(0) : 0;
            received += frame.is(H2Wire.DATA, 1) ? frame.payload().length : 0;
            long held = usedMemory() - before;
            assertTrue(held < HELD_MAX, () -> "holds " + held + " bytes");
        }
        assertEquals(BULK, sent);
        assertEquals(BULK, received);
    }

    private static long usedMemory() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }

    @Test
    void passesMuchWithLittleToHttp1() {
        try (ScriptedBackend backend = bulk();
                H2Wire client = proxy.to(backend).http2()) {
            bulkUpAndDown(client);
        }
    }

    @Test
    void passesMuchWithLittleToHttp2() throws IOException {
        // The backend of HTTP/2 is a second proxy.
        try (ScriptedBackend backend = bulk();
                RunningProxy second = new RunningProxy().to(backend);
                RunningProxy first =
                        new RunningProxy().toHttp2(second.server().addresses().getFirst());
                H2Wire client = first.http2()) {
            bulkUpAndDown(client);
        }
    }

    @Test
    void passesMuchBothWaysAtOnce() {
        try (ScriptedBackend backend = echo();
                RunningProxy second = new RunningProxy().to(backend);
                RunningProxy first =
                        new RunningProxy().toHttp2(second.server().addresses().getFirst());
                H2Wire client = first.http2()) {
            bulkUpAndDown(client);
        }
    }

    @Test
    void allocatesLittleForARequest() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (ScriptedBackend backend = ScriptedBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
                H2Wire client = proxy.to(backend).http2()) {
            long thread = proxy.server()
                    .workers()
                    .getFirst()
                    .loop()
                    .submit(() -> Thread.currentThread().threadId())
                    .get();
            int stream = 1;
            long before = 0;
            for (int i = 0; i < 3_000; i++, stream += 2) {
                if (i == 1_000) {
                    before = threads.getThreadAllocatedBytes(thread);
                }
                assertEquals("200", client.get(stream, "/").answer(stream).outcome());
            }
            long each = (threads.getThreadAllocatedBytes(thread) - before) / 2_000;
            assertTrue(each < BYTES_PER_REQUEST_MAX, () -> each + " bytes for a request");
        }
    }
}
