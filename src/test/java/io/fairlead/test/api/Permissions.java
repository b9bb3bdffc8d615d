package io.fairlead.test.api;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fairlead.lab.kube.Identity;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a user may do, and what it did: the API server's audit log is the witness.
 *
 * <p>Confined to the test thread.
 */
final class Permissions {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ApiCluster cluster;

    Permissions(ApiCluster cluster) {
        this.cluster = cluster;
    }

    /** Gives a role of the resources of these tests to a user. */
    void grant(String resource, String path, Identity user) {
        cluster.objects().apply(path, ApiCluster.resource(resource));
        String kind = path.contains("/clusterroles/") ? "ClusterRole" : "Role";
        String binding = path.replace("roles/", "rolebindings/");
        cluster.objects().apply(binding, """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: %sBinding
                metadata: {name: %s}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: %s, name: %s}
                subjects:
                - {apiGroup: rbac.authorization.k8s.io, kind: User, name: "%s"}
                """.formatted(kind, name(path), kind, name(path), user.user()));
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** What roles at these paths permit, as {@code verb resource.group}. */
    Set<String> granted(String... paths) throws IOException {
        Set<String> granted = new TreeSet<>();
        for (String path : paths) {
            for (JsonNode rule : JSON.readTree(
                            cluster.api().get(path).expectSuccess().body())
                    .path("rules")) {
                for (JsonNode group : rule.path("apiGroups")) {
                    for (JsonNode resource : rule.path("resources")) {
                        rule.path("verbs")
                                .forEach(verb ->
                                        granted.add(verb.asText() + " " + resource.asText() + "." + group.asText()));
                    }
                }
            }
        }
        return granted;
    }

    /** What a user asked for; nothing of it may have been refused but what somebody else had written meanwhile. */
    Set<String> used(Identity user) throws IOException {
        Set<String> used = new TreeSet<>();
        for (String line : cluster.control().auditLog()) {
            JsonNode entry = JSON.readTree(line);
            JsonNode object = entry.path("objectRef");
            if (entry.path("user").path("username").asText().equals(user.user()) && !object.isMissingNode()) {
                int code = entry.path("responseStatus").path("code").asInt();
                String sub = object.path("subresource").asText();
                String request = entry.path("verb").asText() + " "
                        + object.path("resource").asText() + (sub.isEmpty() ? "" : "/" + sub) + "."
                        + object.path("apiGroup").asText();
                assertTrue(code == 409 || code == 422 || code < 400, () -> request + " was answered with " + code);
                used.add(request);
            }
        }
        return used;
    }
}
