package io.fairlead.kernel.iptables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Expected texts are what {@code iptables-save} 1.8.9 prints; real-kernel tests compare them with the tool's. */
class IptablesRuleTest {

    private static void prints(String expected, IptablesRule rule) {
        assertEquals(expected, rule.text());
    }

    @Test
    void addressesInterfacesAndPorts() {
        prints(
                "-s 10.0.0.0/8 -d 10.96.0.1/32 -i cni0 -p tcp -m tcp --dport 80 -g FL-X",
                IptablesRule.rule()
                        .source("10.0.0.0", 8)
                        .destination("10.96.0.1", 32)
                        .arrivesOn("cni0")
                        .destinationPorts("tcp", 80, 80)
                        .go("FL-X"));
        prints(
                "! -s fd00::/64 ! -i veth+ -p sctp -m sctp --dport 30000:30255 -j FL-X",
                IptablesRule.rule()
                        .notSource("fd00::", 64)
                        .arrivesNotOn("veth+")
                        .destinationPorts("sctp", 30_000, 30_255)
                        .jump("FL-X"));
        prints("-j ACCEPT", IptablesRule.rule().source("0.0.0.0", 0).accept());
    }

    @Test
    void matches() {
        prints(
                "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
                IptablesRule.rule().connection("RELATED,ESTABLISHED").accept());
        prints(
                "-m mark ! --mark 0x4000/0x4000 -j RETURN",
                IptablesRule.rule().notMarked(0x4000).comeBack());
        prints(
                "-m addrtype --dst-type LOCAL -g X",
                IptablesRule.rule().toThisMachine().go("X"));
        prints(
                "-m addrtype --src-type LOCAL -g X",
                IptablesRule.rule().fromThisMachine().go("X"));
        prints(
                "-m recent --rcheck --seconds 10800 --reap --name FL-B --mask 255.255.255.255 --rsource -g FL-B",
                IptablesRule.rule().noted("FL-B", 10_800, 32).go("FL-B"));
        prints(
                "-m recent --set --name FL-B --mask ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff --rsource -j DROP",
                IptablesRule.rule().note("FL-B", 128).drop());
    }

    /** The kernel's fractions have 31 bits. */
    @Test
    void probabilities() {
        prints(
                "-m statistic --mode random --probability 0.50000000000 -g X",
                IptablesRule.rule().oneOf(2).go("X"));
        prints(
                "-m statistic --mode random --probability 0.33333333349 -g X",
                IptablesRule.rule().oneOf(3).go("X"));
        prints(
                "-m statistic --mode random --probability 0.14285714272 -g X",
                IptablesRule.rule().oneOf(7).go("X"));
    }

    @Test
    void targets() {
        prints(
                "-p tcp -j DNAT --to-destination 10.0.0.1:8080",
                IptablesRule.rule().protocol("tcp").translateTo("10.0.0.1", 8080));
        prints(
                "-p udp -j DNAT --to-destination [fd00::1]:53",
                IptablesRule.rule().protocol("udp").translateTo("fd00::1", 53));
        prints("-j MASQUERADE --random-fully", IptablesRule.rule().masquerade());
        prints("-j MARK --set-xmark 0x4000/0x4000", IptablesRule.rule().mark(0x4000));
        prints("-j MARK --set-xmark 0x0/0x4000", IptablesRule.rule().unmark(0x4000));
        prints(
                "-j REJECT --reject-with icmp-port-unreachable",
                IptablesRule.rule().unreachable(false));
        prints(
                "-j REJECT --reject-with icmp6-port-unreachable",
                IptablesRule.rule().unreachable(true));
        prints(
                "-p tcp -j REJECT --reject-with tcp-reset",
                IptablesRule.rule().protocol("tcp").reset());
    }

    @Test
    void commentsAreQuotedWhereTheyMustBe() {
        prints(
                "-m comment --comment plain -j DROP",
                IptablesRule.rule().comment("plain").drop());
        IptablesRule rule =
                IptablesRule.rule().comment("a \"quoted\" \\ word, isn't it").drop();
        prints("-m comment --comment \"a \\\"quoted\\\" \\\\ word, isn\\'t it\" -j DROP", rule);
        assertEquals(
                List.of("-m", "comment", "--comment", "a \"quoted\" \\ word, isn't it", "-j", "DROP"), rule.words());
        assertEquals(
                IptablesRule.COMMENT_MAX,
                IptablesRule.rule()
                        .comment("x".repeat(300))
                        .drop()
                        .words()
                        .get(3)
                        .length());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-j", "a b", "a\nCOMMIT", "a\"b", "a;b", "name-of-more-than-28-characters", "é"})
    void namesThatWouldBeSomethingElseAreRefused(String name) {
        assertThrows(IllegalArgumentException.class, () -> IptablesRule.rule().jump(name));
        assertThrows(IllegalArgumentException.class, () -> new IptablesTransaction().chain(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-x", "eth0 -j ACCEPT", "a\"", "eth0\n", "more-than-15-chars"})
    void interfacesThatWouldBeSomethingElseAreRefused(String name) {
        assertThrows(IllegalArgumentException.class, () -> IptablesRule.rule().arrivesOn(name));
    }

    @Test
    void otherValuesAreChecked() {
        assertThrows(IllegalArgumentException.class, () -> IptablesRule.rule().comment("a\n-A X"));
        assertThrows(IllegalArgumentException.class, () -> IptablesRule.rule().source("10.0.0.1 -j", 32));
        assertThrows(IllegalArgumentException.class, () -> IptablesRule.rule().protocol("all"));
        assertThrows(IllegalArgumentException.class, () -> IptablesRule.rule().connection("NEW -j ACCEPT"));
        assertThrows(IllegalArgumentException.class, () -> IptablesRule.rule().translateTo("10.0.0.1", 65_536));
        assertThrows(
                IllegalArgumentException.class,
                () -> new IptablesTransaction()
                        .append("A\n", List.of(IptablesRule.rule().drop())));
        assertThrows(IllegalArgumentException.class, () -> IptablesRule.rule().destinationPorts("tcp", 2, 1));
        assertThrows(IllegalArgumentException.class, () -> IptablesRule.rule().destinationPorts("tcp", 0, 65_536));
    }
}
