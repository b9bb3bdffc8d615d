package io.fairlead.cluster.source.decode;

import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ClusterObject;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Texts of manifests, and a short way to decode one. */
public final class Manifests {

    private Manifests() {}

    public static Tree tree(String yaml) {
        List<Tree> documents = new ArrayList<>();
        YamlDocuments.read(new StringReader(yaml), 1 << 24, documents::add);
        return documents.getFirst();
    }

    /** What the object decodes to, with the decoder that both sources use. */
    public static Optional<ClusterObject> decode(ClusterKind kind, String yaml) {
        ObjectDecoder decoder = new ObjectDecoder(Audience.NODE, Map.of());
        Field object = Field.root(tree(yaml));
        return decoder.decode(kind, decoder.name(kind, object), object);
    }

    /** A Service as kubectl would take it, plus its cluster address. */
    public static String service(String name, String clusterIp, int port) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: default}
                spec:
                  clusterIP: %s
                  ports:
                  - port: %d
                """.formatted(name, clusterIp, port);
    }

    public static String slice(String name, String service, String... addresses) {
        StringBuilder text = new StringBuilder("""
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata:
                  name: %s
                  namespace: default
                  labels: {kubernetes.io/service-name: %s}
                addressType: IPv4
                ports: [{port: 8080}]
                endpoints:
                """.formatted(name, service));
        for (String address : addresses) {
            text.append("- addresses: [").append(address).append("]\n");
        }
        return text.toString();
    }
}
