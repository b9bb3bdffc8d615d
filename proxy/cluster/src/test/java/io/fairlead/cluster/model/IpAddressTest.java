package io.fairlead.cluster.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IpAddressTest {

    @ParameterizedTest
    @CsvSource({
        "172.30.0.041, 172.30.0.41",
        "1.2.3.004, 1.2.3.4",
        "10.180.00.001, 10.180.0.1",
        "255.255.255.255, 255.255.255.255",
        "::, ::",
        "::1, ::1",
        "fd00:0:0:0:0:0:0:41, fd00::41",
        "FD00::A, fd00::a",
        "1:0:0:2:0:0:0:3, 1:0:0:2::3",
        "1:2:3:4:5:6:7:0, 1:2:3:4:5:6:7:0",
        "64:ff9b::1.2.3.4, 64:ff9b::102:304",
        "::ffff:1.2.3.4, 1.2.3.4"
    })
    void writesCanonicalText(String text, String canonical) {
        assertEquals(canonical, IpAddress.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "1.2.3.-4",
                "1..2.3",
                "1.2.3.4.",
                " 1.2.3.4",
                "0x1.2.3.4",
                "1.2.3.4/24",
                "localhost",
                ":",
                ":::",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1::2::3",
                "12345::",
                "fe80::1%eth0",
                "::g",
                "1:2:3:4:5:6:7:8::",
                "1:2:3:4:5:6:7:1.2.3.4",
                ":1:2:3:4:5:6:7:8",
                "1.2.3.٤"
            })
    void refusesWhatIsNoAddress(String text) {
        assertThrows(IllegalArgumentException.class, () -> IpAddress.parse(text), text);
    }

    @Test
    void agreesWithTheJdk() throws UnknownHostException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
            random.nextBytes(bytes);
            for (int zeros = random.nextInt(bytes.length + 1); zeros > 0; zeros--) {
                bytes[random.nextInt(bytes.length)] = 0;
            }
            IpAddress address = IpAddress.ofBytes(bytes);
            InetAddress expected = InetAddress.getByAddress(bytes);
            assertEquals(expected, InetAddress.getByName(address.toString()), "seed " + seed);
            assertEquals(address, IpAddress.parse(expected.getHostAddress()), "seed " + seed);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "192.168.099.022/24, 192.168.99.0/24",
        "203.0.113.000/025, 203.0.113.0/25",
        "' 10.0.0.0/8 ', 10.0.0.0/8",
        "0.0.0.0/0, 0.0.0.0/0",
        "fd00::1/64, fd00::/64",
        "fd00::1/128, fd00::1/128"
    })
    void readsCidrs(String text, String canonical) {
        assertEquals(canonical, IpPrefix.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "10.0.0.0/8/8"})
    void refusesWhatIsNoCidr(String text) {
        assertThrows(IllegalArgumentException.class, () -> IpPrefix.parse(text), text);
    }
}
