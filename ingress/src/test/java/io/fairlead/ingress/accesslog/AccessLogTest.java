package io.fairlead.ingress.accesslog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.ingress.account.RouteLabel;
import io.fairlead.ingress.proxy.http1.HeadLimits;
import io.fairlead.ingress.proxy.http1.Progress;
import io.fairlead.ingress.proxy.http1.RequestHead;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Lines as tools for logs read them, and what becomes of them when nobody writes them. */
final class AccessLogTest {

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-22T08:09:10.042Z"));

    private static final byte[] CLIENT = ascii("192.0.2.7");
    private static final byte[] PROTOCOL = ascii("HTTP/2.0");
    private static final byte[] ID = ascii("0123abcd");
    private static final byte[] BACKEND = ascii("10.1.2.3:8080");
    private static final RouteLabel ROUTE = new RouteLabel("shop", "web", "cart");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private static RequestHead head(String... lines) {
        byte[] text = (String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
        RequestHead head = new RequestHead(HeadLimits.DEFAULT);
        head.begin(0, false);
        assertEquals(
                Progress.COMPLETE,
                head.scan(text, text.length),
                () -> head.fault().toString());
        return head;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void fill(AccessEntry entry, RequestHead head) {
        entry.request(head, PROTOCOL, true)
                .by(CLIENT, CLIENT.length)
                .number(ID, ID.length)
                .forwarded(ROUTE, BACKEND, 1)
                .answered(201, 12_345_678, 5, 1_024);
    }

    private String lines(LogFormat format, RequestHead head) {
        try (AccessLog log = AccessLog.start(format, out, 1, CLOCK).orElseThrow()) {
            fill(log.worker(0).entry(), head);
            log.worker(0).write();
        }
        return out.toString(StandardCharsets.US_ASCII);
    }

    @Test
    void writesJson() {
        RequestHead head = head(
                "POST /cart?id=1 HTTP/1.1",
                "Host: shop.example:8443",
                "Referer: https://shop.example/",
                "Cookie: secret",
                "Authorization: Bearer secret",
                "User-Agent: curl/8 \"quoted\\\"");
        String line = lines(LogFormat.JSON, head);
        assertEquals("""
                {"time":"2026-11-22T08:09:10.042Z","client":"192.0.2.7","method":"POST","host":"shop.example:8443",\
                "path":"/cart?id=1","protocol":"HTTP/2.0","tls":true,"status":201,"seconds":0.012,"requestBytes":5,\
                "answerBytes":1024,"requestId":"0123abcd","namespace":"shop","ingress":"web","service":"cart",\
                "backend":"10.1.2.3:8080","retries":1,"referer":"https://shop.example/",\
                "userAgent":"curl/8 \\"quoted\\\\\\""}
                """, line);
        assertFalse(line.contains("secret"));
    }

    @Test
    void writesWhatApacheWrites() {
        RequestHead head = head("GET /a HTTP/1.1", "Host: a", "User-Agent: x\" \\ \u00e4");
        assertEquals(
                "192.0.2.7 - - [22/Nov/2026:08:09:10 +0000] \"GET /a HTTP/2.0\" 201 1024 \"-\" \"x\\x22 \\x5c \\xe4\"\n",
                lines(LogFormat.COMBINED, head));
    }

    @Test
    void saysNothingOfAHeadThatWasRefused() {
        try (AccessLog log = AccessLog.start(LogFormat.COMBINED, out, 1, CLOCK).orElseThrow()) {
            log.worker(0)
                    .entry()
                    .request(null, PROTOCOL, false)
                    .by(CLIENT, CLIENT.length)
                    .number(ID, 0)
                    .forwarded(RouteLabel.NOBODY, new byte[0], 0)
                    .answered(400, 0, 0, 0);
            log.worker(0).write();
        }
        assertEquals(
                "192.0.2.7 - - [22/Nov/2026:08:09:10 +0000] \"-\" 400 0 \"-\" \"-\"\n",
                out.toString(StandardCharsets.US_ASCII));
    }

    /** The longest head there may be makes a line that fits, in both formats. */
    @Test
    void cutsOffWhatIsTooLong() {
        String many = "\u00e4".repeat(7_000);
        RequestHead head =
                head("GET /" + "a".repeat(7_000) + " HTTP/1.1", "Host: a", "Referer: " + many, "User-Agent: " + many);
        for (LogFormat format : new LogFormat[] {LogFormat.JSON, LogFormat.COMBINED}) {
            out.reset();
            String line = lines(format, head);
            assertTrue(line.endsWith("\n") && line.length() <= LogPage.LINE_BYTES_MAX, format + ": " + line.length());
        }
    }

    /** A stream that takes nothing holds up no event loop; what is lost is counted, and the order stays. */
    @Test
    void losesLinesInsteadOfWaiting() {
        CountDownLatch open = new CountDownLatch(1);
        OutputStream stuck = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("never called");
            }

            @Override
            public void write(byte[] bytes, int from, int length) {
                try {
                    open.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                out.write(bytes, from, length);
            }
        };
        RequestHead head = head("GET / HTTP/1.1", "Host: a");
        int written = 10_000;
        AccessLog log = AccessLog.start(LogFormat.JSON, stuck, 1, CLOCK).orElseThrow();
        try (log) {
            for (int i = 0; i < written; i++) {
                fill(log.worker(0).entry(), head);
                log.worker(0).entry().answered(i, 0, 0, 0);
                log.worker(0).write();
            }
            assertTrue(log.lost() > 0);
            open.countDown();
        }
        List<String> lines = out.toString(StandardCharsets.US_ASCII).lines().toList();
        assertEquals(written - log.lost(), lines.size());
        int last = -1;
        for (String line : lines) {
            int status = Integer.parseInt(line.replaceFirst(".*\"status\":(\\d+).*", "$1"));
            assertTrue(status > last);
            last = status;
        }
    }

    @Test
    void allocatesNothingForALine() {
        RequestHead head = head("GET /a?b HTTP/1.1", "Host: a", "User-Agent: b");
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (AccessLog log = AccessLog.start(LogFormat.JSON, OutputStream.nullOutputStream(), 1, CLOCK)
                .orElseThrow()) {
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 5; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 1_000; i++) {
                    fill(log.worker(0).entry(), head);
                    log.worker(0).write();
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertTrue(least < 1_000, "a thousand lines allocated " + least + " bytes");
        }
    }
}
