package io.fairlead.bench.ingress;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Answers of three sizes, encoded once.
 *
 * <p>Confined to the event loop's thread of the backend.
 */
final class FixedAnswers {

    private static final int KILO = 1024;

    private final ByteBuf kilobyte = answer(KILO);
    private final ByteBuf many = answer(64 * KILO);
    private final ByteBuf megabyte = answer(KILO * KILO);

    private static ByteBuf answer(int length) {
        byte[] head = ("HTTP/1.1 200 OK\r\nServer: bench\r\nDate: Sun, 22 Nov 2026 08:00:00 GMT\r\n"
                        + "Content-Type: text/html; charset=utf-8\r\nCache-Control: private, max-age=0\r\n"
                        + "ETag: \"65f0-5a8c1e3b\"\r\nVary: Accept-Encoding\r\nContent-Length: " + length
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] body = new byte[length];
        Arrays.fill(body, (byte) 'x');
        ByteBuf answer = Unpooled.directBuffer(head.length + length);
        return answer.writeBytes(head).writeBytes(body);
    }

    /** Hot path: the answer of {@code /1k}, {@code /64k} or {@code /1m}, by the two bytes behind the slash. */
    ByteBuf answer(byte first, byte second) {
        return (first == '6' ? many : second == 'm' ? megabyte : kilobyte).retainedDuplicate();
    }
}
