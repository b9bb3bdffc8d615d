package io.fairlead.test.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.lab.topology.Host;
import io.fairlead.test.netns.Tool;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Rules of other programs on a node: what kubelet, a container engine, the CNI plugin portmap and a person would write,
 * in every flavour.
 *
 * <p>Confined to the test thread.
 */
final class ForeignRules {

    private static final String NFT = "add table inet site;"
            + "add chain inet site forward { type filter hook forward priority 0; policy accept; };"
            + "add rule inet site forward ip saddr 192.0.2.1 counter drop";

    /** After the name of the tool; kubelet's own chains first. */
    private static final List<String> IPTABLES = List.of(
            "-t mangle -N KUBE-IPTABLES-HINT",
            "-t mangle -N KUBE-KUBELET-CANARY",
            "-t nat -N KUBE-KUBELET-CANARY",
            "-t filter -N KUBE-KUBELET-CANARY",
            "-t filter -N DOCKER-USER",
            "-t filter -A FORWARD -j DOCKER-USER",
            "-t filter -A DOCKER-USER -j RETURN",
            "-t nat -N CNI-HOSTPORT-DNAT",
            "-t nat -N CNI-DN-0123456789abcdef01234",
            "-t nat -A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT",
            "-t nat -A CNI-HOSTPORT-DNAT -p tcp -m multiport --dports 8443 -j CNI-DN-0123456789abcdef01234",
            "-t nat -A POSTROUTING -m mark --mark 0x2000/0x2000 -j MASQUERADE",
            "-t filter -A INPUT -m comment --comment kubernetes -j ACCEPT");

    /** Of kubelet's guard for loopback: kube-proxy writes the same chain, also of IPv6, and leaves it. */
    private static final List<String> FIREWALL = List.of(
            "-t filter -N KUBE-FIREWALL",
            "-t filter -I OUTPUT -j KUBE-FIREWALL",
            "-t filter -I INPUT -j KUBE-FIREWALL");

    /** Of IPv4 only. */
    private static final List<String> FIREWALL_RULE =
            List.of("-t filter -A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment"
                    + " --comment block#incoming#localnet#connections"
                    + " -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP");

    private final Host node;
    private final String nftables;
    private final String iptables;

    private ForeignRules(Host node) {
        this.node = node;
        this.nftables = nftables();
        this.iptables = iptables();
    }

    /** Writes them, unless they are there. */
    static ForeignRules write(Host node) {
        if (!run(node, "nft list ruleset").contains("table inet site")) {
            Tool.run(node.namespace(), "nft", NFT);
            for (String flavour : List.of("nft", "legacy")) {
                IPTABLES.forEach(rule -> run(node, "iptables-" + flavour + " " + rule));
                IPTABLES.forEach(rule -> run(node, "ip6tables-" + flavour + " " + rule));
                FIREWALL.forEach(rule -> run(node, "iptables-" + flavour + " " + rule));
                FIREWALL.forEach(rule -> run(node, "ip6tables-" + flavour + " " + rule));
                FIREWALL_RULE.forEach(rule -> run(node, "iptables-" + flavour + " " + rule));
            }
        }
        return new ForeignRules(node);
    }

    /** Whatever is there. */
    static ForeignRules read(Host node) {
        return new ForeignRules(node);
    }

    private static String run(Host node, String line) {
        String[] words = line.split(" ");
        for (int i = 0; i < words.length; i++) {
            words[i] = words[i].replace('#', ' ');
        }
        return Tool.run(node.namespace(), words);
    }

    /** The tables that no iptables tool wrote. */
    String nftables() {
        StringBuilder text = new StringBuilder();
        for (String line : run(node, "nft list tables").lines().toList()) {
            if (!line.matches("table (ip|ip6) (nat|filter|mangle)")) {
                text.append(run(node, "nft list " + line));
            }
        }
        return text.toString();
    }

    /** What all iptables tools print, less counters and the time of day. */
    String iptables() {
        StringBuilder text = new StringBuilder();
        for (String tool : List.of("iptables-nft", "ip6tables-nft", "iptables-legacy", "ip6tables-legacy")) {
            text.append(tool).append('\n');
            // Without its warnings, which would stand in the middle of a line.
            text.append(Tool.run(node.namespace(), "sh", "-c", tool + "-save 2>/dev/null")
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.replaceAll(" \\[\\d+:\\d+]$", ""))
                    .collect(Collectors.joining("\n", "", "\n")));
        }
        return text.toString();
    }

    /** Everything is as it was when this was made, besides nftables tables of this name. */
    void expectNothingElse(String but) {
        assertEquals(iptables, iptables());
        StringBuilder others = new StringBuilder();
        for (String table : nftables().split("(?m)^(?=table )", -1)) {
            if (!table.matches("(?s)table ip6? " + but + " .*")) {
                others.append(table);
            }
        }
        assertEquals(nftables, others.toString());
    }
}
