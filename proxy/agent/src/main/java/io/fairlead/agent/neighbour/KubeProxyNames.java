package io.fairlead.agent.neighbour;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * Names by which kube-proxy's objects are told from everybody else's. Not among them: KUBE-IPTABLES-HINT,
 * KUBE-KUBELET-CANARY and KUBE-FIREWALL, which are kubelet's (the last one is also written by kube-proxy, and left alone
 * by it when it cleans up); whatever kube-router and other engines call KUBE-something.
 *
 * <p>Thread-safe: constants and pure functions.
 */
final class KubeProxyNames {

    /** Of the nftables tables, one for each family. */
    static final String TABLE = "kube-proxy";

    static final String IPVS_LINK = "kube-ipvs0";

    /** In tables that stay small however many Services there are: one look answers whether the modes are there. */
    static final String CANARY = "KUBE-PROXY-CANARY";

    static final String FORWARD = "KUBE-FORWARD";
    static final String SERVICES = "KUBE-SERVICES";

    private static final Set<String> CHAINS = Set.of(
            SERVICES,
            FORWARD,
            CANARY,
            "KUBE-EXTERNAL-SERVICES",
            "KUBE-NODEPORTS",
            "KUBE-POSTROUTING",
            "KUBE-MARK-MASQ",
            "KUBE-MARK-DROP",
            "KUBE-PROXY-FIREWALL",
            // Mode ipvs only.
            "KUBE-NODE-PORT",
            "KUBE-LOAD-BALANCER",
            "KUBE-SOURCE-RANGES-FIREWALL",
            "KUBE-IPVS-FILTER",
            "KUBE-IPVS-OUT-FILTER");

    /** Chains of a Service port or of an endpoint end with a hash in base 32. */
    private static final Pattern SERVICE_CHAIN = Pattern.compile("KUBE-(SVC|SVL|EXT|FW|SEP|XLB)-[A-Z2-7]{16}");

    /** Those of IPv6 that would be longer than a set's name may be, 31 bytes, are cut there. */
    private static final Pattern IPSET = Pattern.compile("KUBE-6-(LOAD-BALANCER-SOURCE-CID|NODE-PORT-LOCAL-SCTP-HAS)"
            + "|KUBE-(6-)?(LOOP-BACK|CLUSTER-IP|EXTERNAL-IP(-LOCAL)?"
            + "|LOAD-BALANCER(-LOCAL|-FW|-SOURCE-IP|-SOURCE-CIDR)?|NODE-PORT(-LOCAL)?-(TCP|UDP|SCTP-HASH)"
            + "|HEALTH-CHECK-NODE-PORT|IPVS-IPS)");

    private KubeProxyNames() {}

    /**
     * The ipset of all NodePorts of a protocol.
     *
     * @param protocol {@code TCP}, {@code UDP} or {@code SCTP-HASH}
     */
    static String nodePorts(boolean ipv6, String protocol) {
        return (ipv6 ? "KUBE-6-NODE-PORT-" : "KUBE-NODE-PORT-") + protocol;
    }

    static boolean isChain(String name) {
        return CHAINS.contains(name) || SERVICE_CHAIN.matcher(name).matches();
    }

    static boolean isIpset(String name) {
        return IPSET.matcher(name).matches();
    }
}
