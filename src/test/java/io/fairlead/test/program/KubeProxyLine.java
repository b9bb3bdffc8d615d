package io.fairlead.test.program;

import java.util.List;

/**
 * How the real kube-proxy is started without a kubeconfig.
 *
 * <p>Thread-safe: pure functions.
 */
public final class KubeProxyLine {

    private KubeProxyLine() {}

    /**
     * In mode ipvs.
     *
     * @param program its file
     * @param server which lists and watches
     * @param podRanges of the cluster, with commas
     */
    public static List<String> ipvs(String program, String server, String node, String podRanges) {
        return List.of(
                program,
                "--master=" + server,
                "--hostname-override=" + node,
                "--proxy-mode=ipvs",
                "--cluster-cidr=" + podRanges,
                // The maximum belongs to the first network namespace, and kube-proxy exits if it may not set it.
                "--conntrack-max-per-core=0",
                "--conntrack-min=0",
                "-v=2");
    }
}
