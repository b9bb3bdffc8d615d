package io.fairlead.ingress.resource;

import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ExtraObject;
import io.fairlead.cluster.model.ObjectName;
import java.util.List;
import java.util.Map;

/**
 * {@code networking.k8s.io/v1 Ingress}, as far as routes need it.
 *
 * <p>Immutable.
 *
 * @param created {@code creationTimestamp} in seconds since 1970; 0 where it has none, as in a manifest
 * @param className {@code spec.ingressClassName}, empty when absent
 * @param annotations those that somebody understands
 * @param defaultBackend {@code spec.defaultBackend}
 * @param published addresses and host names in {@code status.loadBalancer.ingress}
 */
public record Ingress(
        ObjectName objectName,
        long created,
        String className,
        Map<String, String> annotations,
        IngressBackend defaultBackend,
        List<IngressRule> rules,
        List<IngressTls> tls,
        List<String> published)
        implements ExtraObject {

    public Ingress {
        annotations = Map.copyOf(annotations);
        rules = List.copyOf(rules);
        tls = List.copyOf(tls);
        published = List.copyOf(published);
    }

    @Override
    public ClusterKind kind() {
        return IngressKinds.INGRESS.kind();
    }
}
