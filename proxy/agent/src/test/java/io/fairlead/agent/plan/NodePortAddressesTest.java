package io.fairlead.agent.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.model.IpAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Rows 26 and 27 of the services facts.
 *
 * <p>Confined to the test thread.
 */
class NodePortAddressesTest {

    private static final List<IpAddress> PRIMARIES = addresses("192.168.0.1", "fd00:c0a8::1");
    private static final List<IpAddress> INTERFACES = addresses(
            "127.0.0.1", "::1", "192.168.0.1", "fd00:c0a8::1", "10.9.9.9", "fe80::1", "169.254.1.1", "fd00:9::9");

    private static List<IpAddress> addresses(String... texts) {
        return List.of(texts).stream().map(IpAddress::parse).toList();
    }

    record Row(List<String> entries, String served, boolean loopbackV6) {}

    static List<Row> rows() {
        return List.of(
                new Row(List.of(), "[127.0.0.1, 192.168.0.1, fd00:c0a8::1]", true),
                new Row(List.of("primary"), "[192.168.0.1, fd00:c0a8::1]", false),
                new Row(List.of("localhost"), "[127.0.0.1]", true),
                new Row(List.of("primary", "localhost"), "[127.0.0.1, 192.168.0.1, fd00:c0a8::1]", true),
                new Row(
                        List.of("all"),
                        "[10.9.9.9, 127.0.0.1, 169.254.1.1, 192.168.0.1, fd00:9::9, fd00:c0a8::1]",
                        true),
                new Row(List.of("0.0.0.0/0"), "[10.9.9.9, 127.0.0.1, 169.254.1.1, 192.168.0.1]", false),
                new Row(List.of("::/0"), "[fd00:9::9, fd00:c0a8::1]", true),
                new Row(List.of("10.0.0.0/8"), "[10.9.9.9]", false),
                new Row(List.of("10.0.0.0/8", "primary"), "[10.9.9.9, 192.168.0.1, fd00:c0a8::1]", false),
                new Row(List.of("127.0.0.0/8"), "[127.0.0.1]", false),
                new Row(List.of("::1/128"), "[]", true),
                new Row(List.of("203.0.113.0/24"), "[]", false));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void resolves(Row row) {
        NodePortAddresses choice = NodePortAddresses.parse(row.entries);
        assertEquals(row.served, choice.resolve(PRIMARIES, INTERFACES).toString());
        assertEquals(row.loopbackV6, choice.servesLoopbackV6());
    }

    record Barred(List<String> entries, ModeRules mode, String served, boolean loopbackV6) {}

    static List<Barred> barred() {
        String all = "[10.9.9.9, 169.254.1.1, 192.168.0.1, fd00:9::9, fd00:c0a8::1]";
        return List.of(
                new Barred(List.of(), ModeRules.NFTABLES, "[192.168.0.1, fd00:c0a8::1]", false),
                new Barred(List.of(), ModeRules.IPTABLES, all, false),
                new Barred(List.of(), ModeRules.IPVS, all, false),
                new Barred(List.of("all"), ModeRules.IPTABLES, all, false),
                new Barred(List.of("all"), ModeRules.NFTABLES, all.replace("169", "127.0.0.1, 169"), true),
                new Barred(List.of("primary", "localhost"), ModeRules.IPTABLES, "[192.168.0.1, fd00:c0a8::1]", false),
                new Barred(List.of("localhost"), ModeRules.NFTABLES, "[127.0.0.1]", true),
                new Barred(List.of("127.0.0.0/8"), ModeRules.IPTABLES, "[]", false));
    }

    /** With iptables.localhostNodePorts false. */
    @ParameterizedTest
    @MethodSource("barred")
    void barsLoopback(Barred row) {
        NodePortAddresses choice =
                NodePortAddresses.parse(row.entries).withoutLoopback().servedBy(row.mode);
        assertEquals(row.served, choice.resolve(PRIMARIES, INTERFACES).toString());
        assertEquals(row.loopbackV6, choice.servesLoopbackV6());
    }

    @Test
    void onlyWhereNothingIsGivenAModeServesEverywhere() {
        assertEquals(NodePortAddresses.EVERYWHERE, NodePortAddresses.DEFAULT.servedBy(ModeRules.IPTABLES));
        NodePortAddresses list = NodePortAddresses.parse(List.of("primary", "localhost"));
        assertEquals(list, list.servedBy(ModeRules.IPTABLES));
    }

    @Test
    void primaryAddressIsServedBeforeItIsOnAnInterface() {
        assertEquals(PRIMARIES, NodePortAddresses.parse(List.of("primary")).resolve(PRIMARIES, List.of()));
    }

    @Test
    void mistakeIsNamedWithWhatIsAccepted() {
        String message = String.valueOf(
                assertThrows(IllegalArgumentException.class, () -> NodePortAddresses.parse(List.of("primary", "eth0")))
                        .getMessage());
        assertTrue(message.contains("eth0") && message.contains("primary, localhost, all, or a CIDR"), message);
    }
}
