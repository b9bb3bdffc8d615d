package io.fairlead.ingress.proxy.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/**
 * How chunked bodies are passed on; what is refused of them is in the corpus.
 *
 * <p>Confined to the test thread.
 */
final class ChunkScannerTest {

    private final ChunkScanner scanner = new ChunkScanner();

    @Test
    void passesAllThatItTookUnlessThereAreTrailers() {
        ByteBuf in = bytes("XX3\r\nabc\r\n0\r\n\r\nGET");
        assertEquals(15, scan(in, 2));
        assertEquals(15, scanner.passEnd());
        assertEquals(Progress.COMPLETE, scanner.progress());
        assertEquals(3, scanner.contentBytes());
        assertFalse(scanner.hasTrailers());
        assertEquals(0, in.readerIndex());
    }

    @Test
    void keepsTrailersBackUntilAllAreKnown() {
        ByteBuf in = bytes("1\r\na\r\n0\r\nX: 1\r\n\r\nGET");
        assertEquals(17, scan(in, 0));
        assertEquals(9, scanner.passEnd());
        assertTrue(scanner.hasTrailers());
        scanner.begin();
        assertEquals(13, scanner.scan(in, 0, 13));
        assertEquals(9, scanner.passEnd());
        assertEquals(Progress.MORE, scanner.progress());
        assertEquals(17, scanner.scan(in, 13, in.writerIndex()));
        assertEquals(13, scanner.passEnd());
        assertTrue(scanner.hasTrailers());
    }

    @Test
    void passesNothingFromTheFirstBadByteOn() {
        ByteBuf in = bytes("1\r\na\r\nxyz");
        assertEquals(6, scan(in, 0));
        assertEquals(6, scanner.passEnd());
        assertEquals(HeadFault.BAD_CHUNK_SIZE, scanner.fault());
        assertEquals(7, scanner.scan(in, 7, 9));
        assertEquals(7, scanner.passEnd());
    }

    @Test
    void forgetsTheBodyBefore() {
        scan(bytes("1\r\na\r\n0;x\r\nX: 1\r\n\r\n"), 0);
        assertTrue(scanner.hasTrailers());
        scan(bytes("0\r\n\r\n"), 0);
        assertEquals(Progress.COMPLETE, scanner.progress());
        assertFalse(scanner.hasTrailers());
        assertEquals(0, scanner.contentBytes());
        scan(bytes("zz"), 0);
        scan(bytes("2\r\n"), 0);
        assertEquals(HeadFault.NONE, scanner.fault());
        assertEquals(Progress.MORE, scanner.progress());
    }

    private int scan(ByteBuf in, int from) {
        scanner.begin();
        return scanner.scan(in, from, in.writerIndex());
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }
}
