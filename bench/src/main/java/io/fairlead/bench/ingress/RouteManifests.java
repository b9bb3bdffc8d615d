package io.fairlead.bench.ingress;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Ingresses, each of one host, and what they name: a class, two Services with an endpoint, and a certificate.
 *
 * <p>Immutable.
 *
 * @param endpoint address of the backend
 * @param certificate of all hosts
 * @param key of the certificate
 */
public record RouteManifests(String endpoint, Path certificate, Path key) {

    private static final int INGRESSES_PER_FILE = 200;
    private static final String NETWORKING = "/apis/networking.k8s.io/v1/";

    /**
     * An object in YAML, perhaps in JSON, which is YAML, too.
     *
     * <p>Immutable.
     *
     * @param path of it at an API server
     */
    public record Manifest(String path, String yaml) {}

    /** Everything but the Ingresses of hosts. */
    public List<Manifest> base() {
        List<Manifest> all = new ArrayList<>();
        all.add(new Manifest(NETWORKING + "ingressclasses/fairlead", """
                apiVersion: networking.k8s.io/v1
                kind: IngressClass
                metadata: {name: fairlead}
                spec: {controller: fairlead.io/ingress}
                """));
        all.add(new Manifest(
                "/api/v1/namespaces/default/secrets/hosts",
                """
                apiVersion: v1
                kind: Secret
                metadata: {name: hosts, namespace: default}
                type: kubernetes.io/tls
                data: {tls.crt: CERTIFICATE, tls.key: KEY}
                """.replace("CERTIFICATE", encoded(certificate)).replace("KEY", encoded(key))));
        all.addAll(service("web", Backend.WEB_PORT));
        all.addAll(service("grpc", Backend.GRPC_PORT));
        all.add(new Manifest(NETWORKING + "namespaces/default/ingresses/grpc", """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: grpc, namespace: default, annotations: {fairlead.io/backend-protocol: GRPC}}
                spec:
                  ingressClassName: fairlead
                  rules:
                    - host: HOST
                      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: grpc, port: {number: 80}}}}]}
                """.replace("HOST", Traffic.GRPC_HOST)));
        return all;
    }

    private List<Manifest> service(String name, int port) {
        Manifest service = new Manifest("/api/v1/namespaces/default/services/" + name, """
                apiVersion: v1
                kind: Service
                metadata: {name: NAME, namespace: default}
                spec: {ports: [{name: http, port: 80, targetPort: PORT}]}
                """.replace("NAME", name)
                .replace("PORT", Integer.toString(port)));
        Manifest slice = new Manifest(
                "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/" + name + "-1", """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: NAME-1, namespace: default, labels: {kubernetes.io/service-name: NAME}}
                addressType: IPv4
                ports: [{name: http, port: PORT}]
                endpoints: [{addresses: [ADDRESS], conditions: {ready: true}}]
                """.replace("NAME", name)
                        .replace("PORT", Integer.toString(port))
                        .replace("ADDRESS", endpoint));
        return List.of(service, slice);
    }

    private static String encoded(Path file) {
        try {
            return Base64.getEncoder().encodeToString(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The Ingress of this host: with TLS, and served without it, too. */
    public static Manifest ingress(int number) {
        return new Manifest(
                NETWORKING + "namespaces/default/ingresses/host" + number,
                """
                {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
                 "metadata": {"name": "hostNUMBER", "namespace": "default",
                  "annotations": {"fairlead.io/ssl-redirect": "false"}},
                 "spec": {"ingressClassName": "fairlead", "tls": [{"hosts": ["HOST"], "secretName": "hosts"}],
                  "rules": [{"host": "HOST", "http": {"paths": [{"path": "/", "pathType": "Prefix",
                   "backend": {"service": {"name": "web", "port": {"name": "http"}}}}]}}]}}
                """.replace("NUMBER", Integer.toString(number)).replace("HOST", Traffic.host(number)));
    }

    /** Writes the base and that many Ingresses as files: these as lists in JSON, as an API server says them. */
    public void writeTo(Path directory, int ingresses) {
        write(
                directory.resolve("base.yaml"),
                base().stream().map(each -> "---\n" + each.yaml()).collect(Collectors.joining()));
        for (int first = 0; first < ingresses; first += INGRESSES_PER_FILE) {
            String items = IntStream.range(first, Math.min(ingresses, first + INGRESSES_PER_FILE))
                    .mapToObj(number -> ingress(number).yaml())
                    .collect(Collectors.joining(","));
            write(
                    directory.resolve("ingresses-" + first + ".json"),
                    "{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [" + items + "]}");
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
