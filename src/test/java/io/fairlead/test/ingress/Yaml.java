package io.fairlead.test.ingress;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Manifests as short as tests want them, in the namespace {@code shop}.
 *
 * <p>Immutable: pure functions.
 */
final class Yaml {

    static final String CLASSES = """
            apiVersion: networking.k8s.io/v1
            kind: IngressClass
            metadata: {name: fairlead}
            spec: {controller: fairlead.io/ingress}
            ---
            apiVersion: networking.k8s.io/v1
            kind: IngressClass
            metadata: {name: other}
            spec: {controller: example.com/other}
            """;

    private static final String NAMESPACE = "shop";

    private Yaml() {}

    /**
     * An Ingress of our class.
     *
     * @param paths each {@code HOST PATH SERVICE}: a host of {@code -} is any, a path that begins with {@code =} is Exact
     */
    static String ingress(String name, String... paths) {
        return ingress(name, List.of(), List.of(), paths);
    }

    /**
     * The same with TLS and annotations.
     *
     * @param tls each {@code HOST SECRET}
     * @param annotations each {@code NAME=VALUE}, without the prefix of ours
     */
    static String ingress(String name, List<String> tls, List<String> annotations, String... paths) {
        return """
                ---
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: %s, namespace: %s, annotations: {%s}}
                spec: {ingressClassName: fairlead, tls: [%s], rules: [%s]}
                """.formatted(
                        name,
                        NAMESPACE,
                        joined(annotations.stream().map(Yaml::annotation)),
                        joined(tls.stream().map(Yaml::tls)),
                        joined(Stream.of(paths).map(Yaml::rule)));
    }

    private static String joined(Stream<String> parts) {
        return parts.collect(Collectors.joining(", "));
    }

    private static String annotation(String text) {
        int equals = text.indexOf('=');
        return "fairlead.io/" + text.substring(0, equals) + ": \"" + text.substring(equals + 1) + '"';
    }

    private static String tls(String text) {
        String[] words = text.split(" ", -1);
        return "{hosts: [\"" + words[0] + "\"], secretName: " + words[1] + "}";
    }

    private static String rule(String text) {
        String[] words = text.split(" ", -1);
        return "{%shttp: {paths: [%s]}}".formatted(host(words[0]), path(words[1], words[2]));
    }

    private static String host(String host) {
        return host.equals("-") ? "" : "host: \"" + host + "\", ";
    }

    private static String path(String path, String backend) {
        boolean exact = path.startsWith("=");
        return "{path: \"%s\", pathType: %s, backend: %s}"
                .formatted(exact ? path.substring(1) : path, exact ? "Exact" : "Prefix", backend(backend));
    }

    private static String backend(String text) {
        int colon = text.indexOf(':');
        String port = colon < 0 ? "number: 80" : "name: " + text.substring(colon + 1);
        return "{service: {name: %s, port: {%s}}}".formatted(colon < 0 ? text : text.substring(0, colon), port);
    }

    /**
     * An Ingress whose paths are all of one host.
     *
     * @param paths each {@code PATH SERVICE} or {@code PATH SERVICE:PORT-NAME}; a path of {@code default} is the default
     *     backend
     */
    static String ingressOfHost(String name, String host, List<String> paths) {
        List<String> spec = new ArrayList<>(List.of("ingressClassName: fairlead"));
        List<String> rules = new ArrayList<>();
        for (String each : paths) {
            String[] words = each.split(" ", -1);
            if (words[0].equals("default")) {
                spec.add("defaultBackend: " + backend(words[1]));
            } else {
                rules.add(path(words[0], words[1]));
            }
        }
        if (!rules.isEmpty()) {
            spec.add("rules: [{" + host(host) + "http: {paths: [" + String.join(", ", rules) + "]}}]");
        } else if (!host.equals("-")) {
            spec.add("rules: [{host: \"" + host + "\"}]");
        }
        return """
                ---
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: %s, namespace: %s}
                spec: {%s}
                """.formatted(name, NAMESPACE, String.join(", ", spec));
    }

    /** A Service with the port http, 80, whose Pods listen on {@link EchoPod#PORT}. */
    static String service(String name) {
        return """
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: %s}
                spec: {clusterIP: 172.30.0.10, ports: [{name: http, port: 80}]}
                """.formatted(name, NAMESPACE);
    }

    /** Its endpoints, all ready. */
    static String endpoints(String service, String... addresses) {
        List<String> all = new ArrayList<>();
        for (String address : addresses) {
            all.add(endpoint(address, true, true, false));
        }
        return endpoints(service, EchoPod.PORT, all);
    }

    /** Its endpoints as {@link #endpoint} gives them. */
    static String endpoints(String service, int port, List<String> endpoints) {
        return """
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: %s-1, namespace: %s, labels: {kubernetes.io/service-name: %s}}
                addressType: IPv4
                ports: [{name: http, port: %d}]
                endpoints: [%s]
                """.formatted(service, NAMESPACE, service, port, String.join(", ", endpoints));
    }

    static String endpoint(String address, boolean ready, boolean serving, boolean terminating) {
        return "{addresses: [%s], conditions: {ready: %s, serving: %s, terminating: %s}, targetRef: {kind: Pod}}"
                .formatted(address, ready, serving, terminating);
    }

    /** A Service and its endpoints. */
    static String web(String name, EchoPod... pods) {
        return service(name)
                + endpoints(name, Stream.of(pods).map(EchoPod::address).toArray(String[]::new));
    }

    /** A Secret with a certificate. */
    static String secret(String name, TestCertificate certificate) {
        return """
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: %s, namespace: %s}
                type: kubernetes.io/tls
                data: {tls.crt: %s, tls.key: %s}
                """.formatted(name, NAMESPACE, base64(certificate.certificate()), base64(certificate.key()));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }
}
