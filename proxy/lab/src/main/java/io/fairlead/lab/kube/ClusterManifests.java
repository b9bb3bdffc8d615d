package io.fairlead.lab.kube;

import io.fairlead.lab.run.LabException;
import io.fairlead.lab.topology.Topology;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/**
 * What is applied to every new cluster, as kubeadm would.
 *
 * <p>Immutable: no state.
 */
final class ClusterManifests {

    private ClusterManifests() {}

    /** @param api base URL at which it finds the API without Services */
    static String kubeProxy(KubeCluster.Proxy mode, String api) {
        return resource(
                "kube-proxy.yaml",
                Map.of(
                        "IMAGE",
                        ClusterImages.KUBE_PROXY,
                        "MODE",
                        mode.name().toLowerCase(Locale.ROOT),
                        "POD_RANGE",
                        Topology.POD_RANGE.text4() + "," + Topology.POD_RANGE.text6(),
                        "API",
                        api));
    }

    static String coreDns() {
        return resource(
                "coredns.yaml", Map.of("IMAGE", ClusterImages.COREDNS, "DNS", KubeCluster.DNS.getHostAddress()));
    }

    private static String resource(String name, Map<String, String> values) {
        try (InputStream in = ClusterManifests.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not in this program");
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (Map.Entry<String, String> value : values.entrySet()) {
                text = text.replace("{{" + value.getKey() + "}}", value.getValue());
            }
            return text;
        } catch (IOException e) {
            throw new LabException("cannot read " + name + ": " + e.getMessage(), e);
        }
    }
}
