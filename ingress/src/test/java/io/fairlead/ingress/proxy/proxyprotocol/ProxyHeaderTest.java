package io.fairlead.ingress.proxy.proxyprotocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers as load balancers send them, as nobody should, and in pieces. */
final class ProxyHeaderTest {

    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    private static ByteBuf line(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    private static ByteBuf hex(String digits) {
        return Unpooled.wrappedBuffer(HexFormat.of().parseHex(digits));
    }

    @ParameterizedTest
    @CsvSource({
        "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443, 192.0.2.1, 56324",
        "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535, 255.255.255.255, 65535",
        "PROXY TCP6 2001:db8::1 2001:db8::2 1 443, 2001:db8:0:0:0:0:0:1, 1"
    })
    void readsLines(String line, String address, int port) {
        ByteBuf in = line(line + "\r\nGET /");
        ProxyHeader.Proxied header = assertInstanceOf(ProxyHeader.Proxied.class, ProxyHeader.read(in));
        assertEquals(line.length() + 2, header.bytes());
        assertEquals(address, header.source().getAddress().getHostAddress());
        assertEquals(port, header.source().getPort());
        assertEquals(0, in.readerIndex());
    }

    @Test
    void readsLinesThatNameNoClient() {
        assertEquals(new ProxyHeader.Local(15), ProxyHeader.read(line("PROXY UNKNOWN\r\nGET /")));
        assertEquals(
                new ProxyHeader.Local(27),
                ProxyHeader.read(line("PROXY UNKNOWN ff:: 1 2 3 4\n".replace("4\n", "\r\n"))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n",
                "proxy TCP4 192.0.2.1 198.51.100.1 56324 443\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 56324\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443 1\r\n",
                "PROXY TCP4  192.0.2.1 198.51.100.1 56324 443\r\n",
                "PROXY TCP4 192.0.2.256 198.51.100.1 56324 443\r\n",
                "PROXY TCP4 localhost 198.51.100.1 56324 443\r\n",
                "PROXY TCP4 2001:db8::1 2001:db8::2 1 443\r\n",
                "PROXY TCP6 192.0.2.1 198.51.100.1 56324 443\r\n",
                "PROXY TCP6 ::::: ::1 56324 443\r\n",
                "PROXY TCP6 fe80::1%eth0 ::1 56324 443\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 65536 443\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 -1 443\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 01 443\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\n",
                "PROXY UDP4 192.0.2.1 198.51.100.1 56324 443\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443                                                              "
                        + "\r\n"
            })
    void refusesLines(String line) {
        assertInstanceOf(ProxyHeader.Refused.class, ProxyHeader.read(line(line)), line);
    }

    @Test
    void readsBinaryHeaders() {
        ProxyHeader four = ProxyHeader.read(hex(SIGNATURE + "2111000cc0000201c6336401dc0401bb" + "47"));
        ProxyHeader.Proxied header = assertInstanceOf(ProxyHeader.Proxied.class, four);
        assertEquals(28, header.bytes());
        assertEquals("/192.0.2.1:56324", header.source().toString());
        assertEquals("/198.51.100.1:443", header.destination().toString());
        String six = "20010db8000000000000000000000001" + "20010db8000000000000000000000002" + "000101bb";
        header = assertInstanceOf(
                ProxyHeader.Proxied.class, ProxyHeader.read(hex(SIGNATURE + "21210027" + six + "040000")));
        assertEquals(16 + 39, header.bytes(), "with a detail behind the addresses");
        assertEquals(1, header.source().getPort());
    }

    @Test
    void believesTheConnectionWhereABinaryHeaderNamesNoClient() {
        assertEquals(new ProxyHeader.Local(16), ProxyHeader.read(hex(SIGNATURE + "20000000")));
        assertEquals(new ProxyHeader.Local(18), ProxyHeader.read(hex(SIGNATURE + "203100020102")));
        assertEquals(new ProxyHeader.Local(16), ProxyHeader.read(hex(SIGNATURE + "21000000")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1111000c", "2211000c", "2f11000c", "2111ffff", "2111000b0102030405060708090a0b", "21210000"})
    void refusesBinaryHeaders(String digits) {
        assertInstanceOf(ProxyHeader.Refused.class, ProxyHeader.read(hex(SIGNATURE + digits)), digits);
    }

    @Test
    void waitsForTheRest() {
        for (String whole : new String[] {
            HexFormat.of()
                    .formatHex("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n".getBytes(StandardCharsets.US_ASCII)),
            SIGNATURE + "2111000cc0000201c6336401dc0401bb"
        }) {
            byte[] bytes = HexFormat.of().parseHex(whole);
            for (int i = 0; i < bytes.length; i++) {
                assertInstanceOf(
                        ProxyHeader.Incomplete.class, ProxyHeader.read(Unpooled.wrappedBuffer(bytes, 0, i)), "at " + i);
            }
        }
    }

    @Test
    void survivesAnything() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        byte[] line = "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n".getBytes(StandardCharsets.US_ASCII);
        byte[] binary = HexFormat.of().parseHex(SIGNATURE + "2111000cc0000201c6336401dc0401bb0400010000");
        for (int round = 0; round < 200_000; round++) {
            byte[] bytes = (random.nextBoolean() ? line : binary).clone();
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            int length = random.nextInt(bytes.length + 1);
            ProxyHeader header = ProxyHeader.read(Unpooled.wrappedBuffer(bytes, 0, length));
            int taken = switch (header) {
                case ProxyHeader.Local local -> local.bytes();
                case ProxyHeader.Proxied proxied -> proxied.bytes();
                case ProxyHeader.Incomplete ignored -> 0;
                case ProxyHeader.Refused ignored -> 0;
            };
            assertTrue(
                    taken <= length,
                    () -> "seed " + seed + ": " + HexFormat.of().formatHex(bytes));
        }
    }
}
