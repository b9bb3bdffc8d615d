package io.fairlead.agent.config;

/**
 * Data planes that can be asked for.
 *
 * <p>Immutable.
 */
public enum ProxyMode {
    AUTO,
    EBPF,
    NFTABLES,
    IPTABLES,
    IPVS;

    /** The section of kube-proxy's file that holds the periods of this mode; iptables is its default mode. */
    String section() {
        return switch (this) {
            case NFTABLES -> "nftables";
            case IPVS -> "ipvs";
            case AUTO, EBPF, IPTABLES -> "iptables";
        };
    }
}
