package io.fairlead.ingress.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Backends read a client's address as people write it (RFC 5952). */
final class ClientTest {

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 192.0.2.7",
        "2001:DB8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "::1, ::1",
        "::ffff:192.0.2.7, 192.0.2.7",
        "fe80::1%1, fe80::1"
    })
    void addressesAreShort(String address, String text) {
        Client client = new Client(new InetSocketAddress(address, 4711), 80, null, false);
        assertEquals(text, new String(client.addressText(), StandardCharsets.US_ASCII));
        assertEquals("X-Real-IP: " + text + "\r\n", new String(client.realIpLine(), StandardCharsets.US_ASCII));
    }
}
