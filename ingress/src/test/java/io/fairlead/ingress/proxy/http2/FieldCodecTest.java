package io.fairlead.ingress.proxy.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Text to HPACK and back, read by Netty's decoder. */
final class FieldCodecTest {

    private static final String[] NAMES = {
        "Accept",
        "X-Custom",
        "user-agent",
        "Content-Type",
        "Cache-Control",
        "VIA",
        "x",
        "Authorization",
        "If-None-Match"
    };

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String text(HeadBuffer buffer) {
        return new String(buffer.bytes(), 0, buffer.length(), StandardCharsets.ISO_8859_1);
    }

    private static Http2Headers decode(HeadBuffer block, FieldSink sink) throws Http2Exception {
        DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false, 1 << 20) {
            @Override
            protected Http2Headers newHeaders() {
                sink.begin();
                return sink;
            }
        };
        return decoder.decodeHeaders(1, Unpooled.wrappedBuffer(block.bytes(), 0, block.length()));
    }

    private static String lines(HeadBuffer block) throws Http2Exception {
        Http2Headers headers = new DefaultHttp2HeadersDecoder(false, 1 << 20)
                .decodeHeaders(1, Unpooled.wrappedBuffer(block.bytes(), 0, block.length()));
        return StreamSupport.stream(headers.spliterator(), false)
                .map(field -> field.getKey() + ": " + field.getValue())
                .collect(Collectors.joining("\n"));
    }

    @Test
    void namesOfTheStaticTableAreThose() throws Http2Exception {
        // By its index, each name comes back from a table that is not ours.
        for (int index = 15; index <= 61; index++) {
            HeadBuffer block = new HeadBuffer();
            block.add(0x0f);
            block.add(index - 15);
            block.add(0);
            String name = lines(block).replace(": ", "");
            assertEquals(index, StaticTable.nameIndex(bytes(name), 0, name.length()), name);
        }
        assertEquals(0, StaticTable.nameIndex(bytes("x-custom"), 0, 8));
    }

    @Test
    void writesRequests() throws Http2Exception {
        byte[] head = bytes(String.join(
                "\r\n",
                "PATCH /a?b HTTP/1.1",
                "Accept:  */* ",
                "Host: a.example.com:81",
                "Transfer-Encoding: chunked",
                "Connection: close",
                "Cookie: a=1",
                "",
                ""));
        HeadBuffer block = new HeadBuffer();
        FieldEncoder.request(head, head.length, true, true, block);
        assertEquals("""
                :method: PATCH
                :scheme: https
                :authority: a.example.com:81
                :path: /a?b
                accept: */*
                cookie: a=1
                te: trailers""", lines(block));
    }

    @Test
    void everyAnswerComesBack() throws Http2Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        FieldSink sink = new FieldSink();
        for (int i = 0; i < 5_000; i++) {
            StringBuilder fields = new StringBuilder();
            for (int n = random.nextInt(20); n > 0; n--) {
                fields.append(NAMES[random.nextInt(NAMES.length)])
                        .append(": ")
                        .append(value(random))
                        .append("\r\n");
            }
            fields.append("\r\n");
            int status = 100 + random.nextInt(900);
            byte[] head = bytes(String.join("\r\n", "HTTP/1.1 " + status + " Whatever", fields));
            HeadBuffer block = new HeadBuffer();
            FieldEncoder.answer(head, head.length, block);
            decode(block, sink);
            HeadBuffer back = new HeadBuffer();
            assertTrue(sink.writeAnswer(back), "seed " + seed);
            String written = text(back);
            assertTrue(written.startsWith("HTTP/1.1 " + status + " "), written);
            assertEquals(
                    lower(fields.toString()), written.substring(written.indexOf("\r\n") + 2), () -> "seed " + seed);
        }
    }

    /** Names in lower case. */
    private static String lower(String fields) {
        StringBuilder out = new StringBuilder();
        fields.lines().forEach(line -> {
            int colon = Math.max(0, line.indexOf(':'));
            out.append(line.substring(0, colon).toLowerCase(Locale.ROOT))
                    .append(line.substring(colon))
                    .append("\r\n");
        });
        return out.toString();
    }

    private static String value(Random random) {
        int length = random.nextInt(10) == 0 ? random.nextInt(1_000) : random.nextInt(140);
        StringBuilder value = new StringBuilder();
        for (int i = 0; i < length; i++) {
            // Without white space, which would be lost at the ends.
            value.append((char) ('!' + random.nextInt(0x5e)));
        }
        return value.toString();
    }

    @Test
    void noBytesOfFieldsMakeALineOfTheirOwn() throws Http2Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        FieldSink sink = new FieldSink();
        for (int i = 0; i < 20_000; i++) {
            HeadBuffer block = new HeadBuffer();
            String[] names = {":method", ":scheme", ":path", ":authority", "x-a", "cookie"};
            String[] values = {"GET", "http", "/", "a", "b", "c=d"};
            int changed = random.nextInt(names.length);
            byte[] odd = new byte[1 + random.nextInt(6)];
            random.nextBytes(odd);
            boolean name = random.nextBoolean();
            for (int n = 0; n < names.length; n++) {
                String part = new String(odd, StandardCharsets.ISO_8859_1);
                literal(
                        block,
                        n == changed && name ? names[n] + part : names[n],
                        n == changed && !name ? values[n] + part : values[n]);
            }
            decode(block, sink);
            HeadBuffer back = new HeadBuffer();
            if (sink.writeRequest(back, true)) {
                String head = text(back);
                assertEquals(5, head.split("\r\n", -1).length - 1, () -> "seed " + seed + ": " + head);
                assertEquals(-1, head.replace("\r\n", "").indexOf('\n'), () -> "seed " + seed + ": " + head);
                assertEquals(-1, head.replace("\r\n", "").indexOf('\r'), () -> "seed " + seed + ": " + head);
            }
        }
    }

    private static void literal(HeadBuffer out, String name, String value) {
        out.add(0);
        out.add(name.length());
        out.add(bytes(name));
        out.add(value.length());
        out.add(bytes(value));
    }
}
