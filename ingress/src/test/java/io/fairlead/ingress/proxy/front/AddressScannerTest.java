package io.fairlead.ingress.proxy.front;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpPrefix;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses as proxies write them, against the parser of the cluster's objects. */
final class AddressScannerTest {

    private static final int RANDOM_ADDRESSES = 20_000;

    private final AddressScanner scanner = new AddressScanner();

    private boolean read(String text) {
        byte[] bytes = ("(" + text + ")").getBytes(StandardCharsets.US_ASCII);
        return scanner.read(bytes, 1, bytes.length - 1);
    }

    private void reads(String text, String address) {
        assertTrue(read(text), text);
        assertEquals(address, text.substring(scanner.textFrom() - 1, scanner.textTo() - 1));
        byte[] bytes = IpAddress.parse(address).toBytes();
        ByteBuffer wanted = ByteBuffer.allocate(16);
        if (bytes.length == 4) {
            wanted.putLong(0).putInt(0xffff);
        }
        wanted.put(bytes).flip();
        assertEquals(Long.toHexString(wanted.getLong()), Long.toHexString(scanner.high()), text);
        assertEquals(Long.toHexString(wanted.getLong()), Long.toHexString(scanner.low()), text);
    }

    @Test
    void readsWhatProxiesWrite() {
        reads("192.0.2.7", "192.0.2.7");
        reads("192.0.2.7:8080", "192.0.2.7");
        reads("2001:db8::7", "2001:db8::7");
        reads("[2001:db8::7]", "2001:db8::7");
        reads("[2001:db8::7]:443", "2001:db8::7");
        reads("::", "::");
        reads("::1", "::1");
        reads("1::", "1::");
        reads("2001:DB8:0:0:0:0:0:1", "2001:DB8:0:0:0:0:0:1");
        reads("::ffff:192.0.2.7", "::ffff:192.0.2.7");
        reads("64:ff9b::192.0.2.7", "64:ff9b::192.0.2.7");
        reads("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7::");
        reads("::2:3:4:5:6:7:8", "::2:3:4:5:6:7:8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "unknown",
                "_hidden",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "1.2.3.4444",
                "1.2.3.",
                ".1.2.3",
                "1.2.3.4:",
                "1.2.3.4:123456",
                "1.2.3.4:x",
                "[1.2.3.4",
                "[::1",
                "[::1]x",
                "[::1]:",
                ":::",
                "::1::2",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8::",
                "12345::",
                "1:2:3:4:5:6:7:1.2.3.4",
                "::1.2.3",
                "1:",
                ":1",
                "::g",
                "fe80::1%eth0",
                "1.2.3.4 "
            })
    void refusesEverythingElse(String text) {
        assertFalse(read(text));
    }

    @Test
    void agreesWithThePlatformOnAddressesThatItWrites() throws UnknownHostException {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < RANDOM_ADDRESSES; i++) {
            byte[] bytes = new byte[random.nextInt(2) == 0 ? 4 : 16];
            for (int j = 0; j < bytes.length; j++) {
                bytes[j] = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : 0);
            }
            String text = IpAddress.ofBytes(bytes).toString();
            assertTrue(read(text), () -> text + ", seed " + seed);
            boolean inside = new TrustedProxies(List.of(IpPrefix.of(IpAddress.ofBytes(bytes))))
                    .contains(scanner.high(), scanner.low());
            assertTrue(inside, () -> text + ", seed " + seed);
        }
        assertTrue(
                new TrustedProxies(List.of(IpPrefix.parse("10.0.0.0/8"))).contains(InetAddress.getByName("10.1.2.3")));
    }

    @Test
    void trustsPrefixesOnly() throws UnknownHostException {
        TrustedProxies trusted = new TrustedProxies(
                List.of(IpPrefix.parse("10.0.0.0/8"), IpPrefix.parse("2001:db8::/33"), IpPrefix.parse("fd00::/72")));
        assertTrue(trusted.contains(InetAddress.getByName("10.255.255.255")));
        assertFalse(trusted.contains(InetAddress.getByName("11.0.0.0")));
        assertTrue(trusted.contains(InetAddress.getByName("2001:db8:7fff::1")));
        assertFalse(trusted.contains(InetAddress.getByName("2001:db8:8000::1")));
        assertTrue(trusted.contains(InetAddress.getByName("fd00::ff:ffff:ffff:ffff")));
        assertFalse(trusted.contains(InetAddress.getByName("fd00::1ff:ffff:ffff:ffff")));
        assertFalse(TrustedProxies.NONE.contains(InetAddress.getByName("10.0.0.1")));
    }
}
