package io.fairlead.kernel.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.kernel.netns.NetNs;
import io.fairlead.kernel.netns.Tool;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read of rules that {@code nft} and {@code iptables-nft} wrote. Confined to the test thread. */
class NftRulesetTest {

    private static final NftForeignChain FORWARD = new NftForeignChain(1, "filter", "forward", true);

    private final NetNs namespace = NetNs.anonymous();
    private final NftRuleset ruleset = namespace.run(NftRuleset::open);

    @AfterEach
    void leave() {
        ruleset.close();
        namespace.close();
    }

    private String run(String... command) {
        return namespace.run(() -> Tool.run(command));
    }

    @Test
    void emptyNamespaceHasNothing() {
        assertEquals(List.of(), ruleset.hooked(NftHook.FORWARD));
        assertEquals(Optional.empty(), ruleset.table(new NftTable(NftFamily.IP, "nat")));
        assertEquals(Optional.empty(), ruleset.chain(new NftTable(NftFamily.IP6, "nat"), "KUBE-SERVICES"));
        assertEquals(List.of(), ruleset.rules(FORWARD));
    }

    @Test
    void baseChainsOfAllProgramsAreFound() {
        run(
                "nft",
                "add table inet filter; add chain inet filter plain;"
                        + "add chain inet filter forward { type filter hook forward priority 0; policy drop; };"
                        + "add chain inet filter input { type filter hook input priority 0; policy drop; };"
                        + "add table ip6 other; add chain ip6 other fw { type filter hook forward priority -5; };"
                        + "add table bridge b; add chain bridge b fw { type filter hook forward priority 0; policy drop; }");
        run("iptables-nft", "-P", "FORWARD", "DROP");
        List<NftForeignChain> chains = ruleset.hooked(NftHook.FORWARD);
        assertEquals(
                List.of("inet filter forward true", "ip6 other fw false", "ip filter FORWARD true"),
                chains.stream()
                        .map(chain -> chain + " " + chain.dropsByPolicy())
                        .toList());
        assertTrue(chains.getFirst().sees(NftFamily.IP) && chains.getFirst().sees(NftFamily.IP6));
        assertTrue(chains.get(1).sees(NftFamily.IP6) && !chains.get(1).sees(NftFamily.IP));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "accept | ACCEPTS_ALL",
                "counter accept | ACCEPTS_ALL",
                "counter | PASSES_ON",
                "log prefix \"x\" | PASSES_ON",
                "drop | DROPS_ALL",
                "counter reject | DROPS_ALL",
                "ip saddr 192.0.2.1 drop | DROPS_SOME",
                "tcp dport { 22, 80 } reject | DROPS_SOME",
                "ct status dnat accept | ACCEPTS_TRANSLATED",
                "ct status dnat counter accept | ACCEPTS_TRANSLATED",
                "ct status snat accept | MAY_ACCEPT",
                "ct status dnat ip saddr 192.0.2.1 accept | MAY_ACCEPT",
                "ct status == dnat accept | MAY_ACCEPT",
                "ct status snat ct status dnat accept | MAY_ACCEPT",
                "ct state established,related accept | MAY_ACCEPT",
                "ct state vmap { established : accept, invalid : drop } | MAY_ACCEPT",
                "meta mark 0x4000 accept | MAY_ACCEPT",
                "limit rate 5/second accept | MAY_ACCEPT",
                "jump other | MAY_ACCEPT",
                "meta mark set 0x1 | PASSES_ON",
            })
    void rulesOfNftAreJudged(String text, NftForeignRule expected) {
        run("nft", "table inet filter { chain other { }; chain forward { " + text + "; }; }");
        assertEquals(List.of(expected), ruleset.rules(FORWARD));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-j ACCEPT | ACCEPTS_ALL",
                "-m comment --comment x -j ACCEPT | ACCEPTS_ALL",
                "-j REJECT | DROPS_ALL",
                "-s 192.0.2.1 -j REJECT | DROPS_SOME",
                "-m conntrack --ctstate DNAT -j ACCEPT | ACCEPTS_TRANSLATED",
                "-m conntrack --ctstate DNAT,ESTABLISHED -j ACCEPT | ACCEPTS_TRANSLATED",
                "-m conntrack ! --ctstate DNAT -j ACCEPT | MAY_ACCEPT",
                "-m conntrack --ctstate ESTABLISHED -j ACCEPT | MAY_ACCEPT",
                "-i eth0 -m conntrack --ctstate DNAT -j ACCEPT | MAY_ACCEPT",
                "-m mark --mark 0x4000/0x4000 -j ACCEPT | MAY_ACCEPT",
                "-m conntrack --ctstate INVALID -j DROP | DROPS_SOME",
            })
    void rulesOfIptablesAreJudged(String text, NftForeignRule expected) {
        run(("iptables-nft -A FORWARD " + text).split(" "));
        NftForeignChain chain = ruleset.hooked(NftHook.FORWARD).getFirst();
        assertEquals(List.of(expected), ruleset.rules(chain));
    }

    @Test
    void objectsThatAreMadeAgainOrChangeAreRecognised() {
        NftTable table = new NftTable(NftFamily.IP, "kube-proxy");
        run("nft", "add table ip kube-proxy");
        NftFootprint first = ruleset.table(table).orElseThrow();
        assertEquals(first, ruleset.table(table).orElseThrow());
        run("nft", "add chain ip kube-proxy services");
        NftFootprint second = ruleset.table(table).orElseThrow();
        assertEquals(first.handle(), second.handle());
        assertNotEquals(first, second);
        NftFootprint chain = ruleset.chain(table, "services").orElseThrow();
        run("nft", "add rule ip kube-proxy services accept");
        assertNotEquals(chain, ruleset.chain(table, "services").orElseThrow());
        run("nft", "delete table ip kube-proxy; add table ip kube-proxy");
        assertNotEquals(first.handle(), ruleset.table(table).orElseThrow().handle());
        assertEquals(Optional.empty(), ruleset.chain(table, "services"));
    }
}
