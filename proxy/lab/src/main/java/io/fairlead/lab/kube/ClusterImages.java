package io.fairlead.lab.kube;

import io.fairlead.lab.run.LabException;
import io.fairlead.lab.topology.Topology;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What runs in a cluster before anybody installs something.
 *
 * <p>Immutable.
 *
 * @param archives of all images
 */
public record ClusterImages(List<Path> archives) {

    private static final String REGISTRY = "docker.io/fairlead-lab/";

    public ClusterImages {
        archives = List.copyOf(archives);
    }

    String pause() {
        return REGISTRY + "pause:1";
    }

    String kubeProxy(KubeCluster.Proxy mode, String api) {
        return resource(
                "kube-proxy.yaml",
                Map.of(
                        "IMAGE",
                        REGISTRY + "kube-proxy:1",
                        "MODE",
                        mode.name().toLowerCase(Locale.ROOT),
                        "POD_RANGE",
                        Topology.POD_RANGE.text4() + "," + Topology.POD_RANGE.text6(),
                        "API",
                        api));
    }

    String coreDns() {
        return resource(
                "coredns.yaml", Map.of("IMAGE", REGISTRY + "coredns:1", "DNS", KubeCluster.DNS.getHostAddress()));
    }

    private static String resource(String name, Map<String, String> values) {
        try (InputStream in = ClusterImages.class.getResourceAsStream(name)) {
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
