package io.fairlead.ingress.route.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which hosts are read, and what is left of them. */
final class RequestHostTest {

    @ParameterizedTest
    @CsvSource({
        "a, a",
        "foo.com, foo.com",
        "FOO.com, FOO.com",
        "foo.com:80, foo.com",
        "foo.com:, foo.com",
        "foo.com., foo.com",
        "a.b.:8080, a.b",
        "a_b.foo.com, a_b.foo.com",
        "-a.foo-.com, -a.foo-.com",
        "10.0.0.1:65535, 10.0.0.1",
        "foo.com:00080, foo.com",
        "[::1], [::1]",
        "[::1]:80, [::1]",
        "[::ffff:10.0.0.1]:, [::ffff:10.0.0.1]",
        "[fd00:0000:0000:0000:0000:0000:255.255.255.255], [fd00:0000:0000:0000:0000:0000:255.255.255.255]",
    })
    void findsTheName(String host, String name) {
        assertEquals(name, name(host));
        assertTrue(RequestHost.isValid(host));
    }

    @Test
    void acceptsNoHost() {
        assertEquals("", name(""));
        assertFalse(RequestHost.isValid(""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".",
                "..",
                ":",
                ":80",
                ".:80",
                ".a",
                "a..b",
                "a..",
                "a b",
                " a",
                "a ",
                "a,b",
                "user@a",
                "user:pw@a",
                "a:b",
                "a:80:80",
                "a:-1",
                "a:+80",
                "a:65536",
                "a:000080",
                "a/b",
                "a?b",
                "a#b",
                "a%2eb",
                "a\\b",
                "*.a",
                "a\0b",
                "a\tb",
                "é.com",
                "[",
                "[]",
                "[:]",
                "[::1",
                "[::1]x",
                "[::1]:x",
                "[::1%25eth0]",
                "[v1.a]",
                "::1",
                "a]",
                "[::1]]",
            })
    void refuses(String host) {
        assertEquals("refused", name(host));
        assertFalse(RequestHost.isValid(host));
    }

    @Test
    void limitsLabelsAndNames() {
        String label = "a".repeat(63);
        assertEquals(label, name(label));
        assertEquals(label + ".b", name(label + ".b"));
        assertEquals("refused", name(label + "a"));
        assertEquals("refused", name(label + "a.b"));
        assertEquals("refused", name("b." + label + "a"));

        String longest = (label + ".").repeat(3) + "a".repeat(61);
        assertEquals(longest, name(longest));
        assertEquals(longest, name(longest + ".:443"));
        assertEquals("refused", name(longest + "a"));
        assertEquals("refused", name("[" + "1".repeat(46) + "]"));
    }

    @Test
    void neverLeavesItsRange() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] alphabet = "aB.:0-[]%1_".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 200_000; i++) {
            byte[] text = new byte[random.nextInt(12)];
            for (int j = 0; j < text.length; j++) {
                text[j] = random.nextInt(30) == 0 ? (byte) random.nextInt() : alphabet[random.nextInt(alphabet.length)];
            }
            int from = random.nextInt(text.length + 1);
            int to = from + random.nextInt(text.length - from + 1);
            int end = RequestHost.nameEnd(text, from, to);
            assertTrue(end == RequestHost.REFUSED || end >= from && end <= to, "seed " + seed + ", round " + i);
            assertFalse(end == from && from < to, "an empty name, seed " + seed + ", round " + i);
        }
    }

    private static String name(String host) {
        byte[] text = ("x:" + host + ":1]").getBytes(StandardCharsets.UTF_8);
        int end = RequestHost.nameEnd(text, 2, text.length - 3);
        return end == RequestHost.REFUSED ? "refused" : new String(text, 2, end - 2, StandardCharsets.UTF_8);
    }
}
