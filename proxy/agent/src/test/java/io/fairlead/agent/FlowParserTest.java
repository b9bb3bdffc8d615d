package io.fairlead.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.fairlead.agent.view.FlowParser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The words of {@code fairlead explain}.
 *
 * <p>Confined to the test thread.
 */
class FlowParserTest {

    private final SmallCluster small = new SmallCluster();

    @AfterEach
    void close() {
        small.close();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.5,      default/web,           10.0.0.5 -> 172.30.0.41:80/tcp",
        "10.0.0.5,      default/web:81,        10.0.0.5 -> 172.30.0.41:81/tcp",
        "10.0.0.5,      default/web:81/sctp,   10.0.0.5 -> 172.30.0.41:81/sctp",
        "10.0.0.5,      default/dns/udp,       10.0.0.5 -> 172.30.0.10:53/udp",
        "10.0.0.5,      default/dns/tcp,       10.0.0.5 -> 172.30.0.10:53/tcp",
        "fd00::5,       default/dns:53/UDP,    fd00::5 -> [fd00:172:30::10]:53/udp",
        "node,          172.30.0.10:53/udp,    192.168.0.1 -> 172.30.0.10:53/udp",
        "node,          [fd00::9]:53,          fd00:c0a8::1 -> [fd00::9]:53/tcp",
        "203.0.113.7,   node:30080,            203.0.113.7 -> 192.168.0.1:30080/tcp",
        "fd00::5,       node:30080,            fd00::5 -> [fd00:c0a8::1]:30080/tcp",
        "127.0.0.1,     127.0.0.1:30080,       127.0.0.1 -> 127.0.0.1:30080/tcp",
        "10.0.0.5,      172.30.0.041:65535,    10.0.0.5 -> 172.30.0.41:65535/tcp"
    })
    void reads(String from, String to, String flow) {
        assertEquals(flow, new FlowParser(small.engine).parse(from, to, "").toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.0.0.5 | default/none       | no Service default/none",
                "10.0.0.5 | default/dns        | which port of 'default/dns'? Write TO:PORT",
                "10.0.0.5 | default/web/udp    | which port of 'default/web/udp'? Write TO:PORT",
                "10.0.0.5 | 172.30.0.41        | which port of '172.30.0.41'? Write TO:PORT",
                "10.0.0.5 | node               | which port of 'node'? Write TO:PORT",
                "10.0.0.5 | 172.30.0.41:http   | not a port: 'http'",
                "10.0.0.5 | 172.30.0.41:0      | not a port: '0'",
                "10.0.0.5 | 172.30.0.41:65536  | not a port: '65536'",
                "fd00::5  | default/web        | fd00::5 and 172.30.0.41 are of different families",
                "10.0.0.5 | [fd00::9]:80       | 10.0.0.5 and fd00::9 are of different families"
            })
    void refuses(String from, String to, String message) {
        IllegalArgumentException mistake =
                assertThrows(IllegalArgumentException.class, () -> new FlowParser(small.engine).parse(from, to, ""));
        assertEquals(message, mistake.getMessage());
    }

    @Test
    void addressThatIsNoneIsQuoted() {
        FlowParser parser = new FlowParser(small.engine);
        for (String words : new String[] {"pod-a", "", ":80", "10.0.0"}) {
            assertThrows(IllegalArgumentException.class, () -> parser.parse(words, "172.30.0.41:80", ""));
            assertThrows(IllegalArgumentException.class, () -> parser.parse("10.0.0.5", words, ""));
        }
    }

    @Test
    void nodesOwnFlowsArriveNowhere() {
        FlowParser parser = new FlowParser(small.engine);
        assertEquals("", parser.parse("node", "172.30.0.41:80", "").arrival());
        assertEquals("", parser.parse("192.168.0.1", "172.30.0.41:80", "eth0").arrival());
        assertEquals("?", parser.parse("10.0.0.5", "172.30.0.41:80", "").arrival());
        assertEquals("cni0", parser.parse("10.0.0.5", "172.30.0.41:80", "cni0").arrival());
    }
}
