package io.fairlead.ingress.translate;

import io.fairlead.cluster.model.ObjectName;

/** Manifests as short as a table wants them. Names are {@code namespace/name}. */
final class Texts {

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
            ---
            """;

    private Texts() {}

    static ObjectName name(String text) {
        int slash = text.indexOf('/');
        return new ObjectName(slash < 0 ? "" : text.substring(0, slash), text.substring(slash + 1));
    }

    private static String meta(String name, String more) {
        return "metadata: {namespace: %s, name: %s%s}%n"
                .formatted(name(name).namespace(), name(name).name(), more.isEmpty() ? "" : ", " + more);
    }

    /**
     * An Ingress of our class.
     *
     * @param meta more of the metadata, in flow style; empty for none
     * @param spec in flow style without braces
     */
    static String ingress(String name, String meta, String spec) {
        return "apiVersion: networking.k8s.io/v1\nkind: Ingress\n" + meta(name, meta)
                + "spec: {ingressClassName: fairlead" + (spec.isEmpty() ? "" : ", " + spec) + "}\n---\n";
    }

    static String ingress(String name, String spec) {
        return ingress(name, "", spec);
    }

    /** An annotation of ours as metadata; the value in single quotes. */
    static String annotated(String... labelsAndValues) {
        StringBuilder text = new StringBuilder("annotations: {");
        for (int i = 0; i < labelsAndValues.length; i += 2) {
            text.append(i == 0 ? "" : ", ")
                    .append("fairlead.io/")
                    .append(labelsAndValues[i])
                    .append(": \"")
                    .append(labelsAndValues[i + 1].replace("\"", "\\\"").replace("\n", "\\n"))
                    .append('"');
        }
        return text.append('}').toString();
    }

    static String created(int second) {
        return "creationTimestamp: \"2026-01-01T00:00:%02dZ\"".formatted(second);
    }

    /** Rules, each a host with paths, as in {@code a.com /foo web:80 =/bar api:80}; a host of - is any. */
    static String rules(String... rules) {
        StringBuilder text = new StringBuilder("rules: [");
        for (String rule : rules) {
            String[] words = rule.split(" ", -1);
            text.append(text.toString().endsWith("[") ? "{" : ", {");
            text.append(words[0].equals("-") ? "" : "host: \"" + words[0] + "\"" + (words.length > 1 ? ", " : ""));
            if (words.length > 1) {
                text.append("http: {paths: [");
                for (int i = 1; i < words.length; i += 2) {
                    text.append(i == 1 ? "" : ", ").append(path(words[i], words[i + 1]));
                }
                text.append("]}");
            }
            text.append('}');
        }
        return text.append(']').toString();
    }

    /** {@code =/foo} is Exact, {@code ~/foo} ImplementationSpecific, others Prefix. */
    private static String path(String path, String backend) {
        String type = path.startsWith("=") ? "Exact" : path.startsWith("~") ? "ImplementationSpecific" : "Prefix";
        String text = type.equals("Prefix") ? path : path.substring(1);
        return "{path: \"%s\", pathType: %s, backend: %s}".formatted(text, type, backend(backend));
    }

    static String backend(String backend) {
        if (backend.equals("bucket")) {
            return "{resource: {apiGroup: k8s.example.com, kind: Bucket, name: icons}}";
        }
        int colon = backend.indexOf(':');
        String port = backend.substring(colon + 1);
        boolean number = !port.isEmpty() && Character.isDigit(port.charAt(0));
        return "{service: {name: %s, port: {%s: %s}}}"
                .formatted(backend.substring(0, colon), number ? "number" : "name", port);
    }

    static String defaultBackend(String backend) {
        return "defaultBackend: " + backend(backend);
    }

    /** A Service whose ports are in flow style. */
    static String service(String name, String spec) {
        return "apiVersion: v1\nkind: Service\n" + meta(name, "") + "spec: {" + spec + "}\n---\n";
    }

    /** A Service with the port http 80 to 8080, and its endpoints. */
    static String web(String name, String... addresses) {
        return service(name, "clusterIP: 172.30.0.1, ports: [{name: http, port: 80}]")
                + slice(name, "http", 8080, addresses);
    }

    static String slice(String service, String port, int number, String... addresses) {
        StringBuilder endpoints = new StringBuilder();
        for (String address : addresses) {
            endpoints
                    .append(endpoints.isEmpty() ? "" : ", ")
                    .append(
                            address.startsWith("{")
                                    ? address
                                    : "{addresses: [\"%s\"], targetRef: {kind: Pod}}".formatted(address));
        }
        return slice(service + "-1", service, "ports: [{name: \"%s\", port: %d}]".formatted(port, number), endpoints);
    }

    static String slice(String name, String service, String ports, CharSequence endpoints) {
        String family = endpoints.toString().contains("[\"fd") ? "IPv6" : "IPv4";
        String label = "labels: {kubernetes.io/service-name: " + name(service).name() + "}";
        return "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\n" + meta(name, label) + "addressType: " + family
                + "\n" + ports + "\nendpoints: [" + endpoints + "]\n---\n";
    }
}
