package io.fairlead.agent.neighbour;

/**
 * What kube-proxy has in the kernel, by the facility that it is in.
 *
 * <p>Immutable.
 */
public enum KubeProxyTrace {
    NFTABLES("nftables tables kube-proxy"),
    IPTABLES_NFT("iptables chains KUBE-* (nf_tables)"),
    IPTABLES_LEGACY("iptables chains KUBE-* (legacy)"),
    IPSETS("ipsets KUBE-*"),
    IPVS_LINK("link kube-ipvs0");

    private final String text;

    KubeProxyTrace(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
