package io.fairlead.test.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.lab.topology.Host;
import io.fairlead.test.netns.Tool;
import java.util.List;

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

    private static final List<String> TOOLS =
            List.of("iptables-nft", "ip6tables-nft", "iptables-legacy", "ip6tables-legacy");

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

    /** Leaves kubelet's sign in this flavour alone, so that it is the one in use. */
    static void use(Host node, String flavour) {
        String other = flavour.equals("nft") ? "legacy" : "nft";
        for (String tool : List.of("iptables-" + other, "ip6tables-" + other)) {
            if (run(node, tool + " -t mangle -S").contains("KUBE-KUBELET-CANARY")) {
                run(node, tool + " -t mangle -X KUBE-IPTABLES-HINT");
                run(node, tool + " -t mangle -X KUBE-KUBELET-CANARY");
            }
        }
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

    /** Whether there are tables or chains of ours. */
    boolean hasOurs() {
        return run(node, "nft list tables").contains(" fairlead")
                || TOOLS.stream().anyMatch(tool -> saved(tool).contains("\n:FL-"));
    }

    /** Whether no chain of kube-proxy's is asked before one of ours, if there are any. */
    boolean oursComeFirst() {
        return TOOLS.stream()
                .map(this::saved)
                .filter(saved -> saved.contains("\n:FL-SERVICES"))
                .allMatch(saved -> saved.lines()
                        .filter(line -> line.matches("-A PREROUTING .* -j (FL|KUBE)-SERVICES"))
                        .findFirst()
                        .filter(line -> line.endsWith("FL-SERVICES"))
                        .isPresent());
    }

    /** Without its warnings, which would stand in the middle of a line. */
    private String saved(String tool) {
        return Tool.run(node.namespace(), "sh", "-c", tool + "-save 2>/dev/null");
    }

    /** The tables that neither we nor an iptables tool wrote. */
    private String nftables() {
        StringBuilder text = new StringBuilder();
        for (String line : run(node, "nft list tables").lines().toList()) {
            if (!line.matches("table ip6? (nat|filter|mangle|raw|fairlead)")) {
                text.append(run(node, "nft list " + line));
            }
        }
        return text.toString();
    }

    /** Chains and rules in all tables of iptables, less ours; a table that is empty is as good as none. */
    String iptables() {
        StringBuilder text = new StringBuilder();
        for (String tool : TOOLS) {
            String table = "";
            for (String line : saved(tool).lines().toList()) {
                table = line.startsWith("*") ? line : table;
                if (line.matches("(:|-A ).*") && !line.matches(":[A-Z]+ ACCEPT .*") && !line.contains("FL-")) {
                    text.append(tool).append(' ').append(table).append(' ');
                    text.append(line.replaceAll(" \\[\\d+:\\d+]$", "")).append('\n');
                }
            }
        }
        return text.toString();
    }

    /** Everything is as it was when this was made, and tables of ours do not count. */
    void expectNothingElse() {
        assertEquals(iptables, iptables());
        assertEquals(nftables, nftables());
    }
}
