package io.fairlead.test.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.lab.kube.KubeProxy;
import io.fairlead.lab.topology.NodeSpec;
import io.fairlead.lab.topology.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The report on mode ipvs of a cluster with a real API server: kube-proxy's own file and rights are enough.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
@Timeout(60)
final class IpvsReportIT {

    @TempDir
    private static Path base;

    @Test
    void kubeProxysFileAndRightsAreEnough() throws IOException {
        try (ApiCluster cluster = new ApiCluster(base, Topology.of(1, 1))) {
            NodeSpec node = cluster.topology().nodes().getFirst();
            Path config = Files.writeString(base.resolve("config.conf"), """
                    apiVersion: kubeproxy.config.k8s.io/v1alpha1
                    kind: KubeProxyConfiguration
                    mode: ipvs
                    hostnameOverride: %s
                    clientConnection: {kubeconfig: %s}
                    """.formatted(
                            node.name(), cluster.control().kubeconfig(KubeProxy.USER)));
            NodeCommand.Ended ended =
                    NodeCommand.run(cluster.host(node.host()), "ipvs-report", "--config", config.toString());
            assertEquals(0, ended.exitCode(), ended::toString);
            assertTrue(
                    ended.output().startsWith("node " + node.name() + ": there is no link kube-ipvs0"), ended.output());
            assertTrue(ended.output().contains("\nServices: 1, "), ended.output());
        }
    }
}
