package io.fairlead.ingress.resource;

import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.model.ExtraKind;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.source.ExtraResource;
import io.fairlead.cluster.source.SelectedResource;
import io.fairlead.cluster.source.Selection;
import io.fairlead.cluster.source.SourceScope;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The kinds that the ingress watches beside those of everybody.
 *
 * <p>Immutable.
 */
public final class IngressKinds {

    public static final ExtraKind<Ingress> INGRESS =
            ExtraKind.namespaced("Ingress", "networking.k8s.io/v1", "ingresses", Ingress.class);

    public static final ExtraKind<IngressClass> INGRESS_CLASS =
            ExtraKind.clusterScoped("IngressClass", "networking.k8s.io/v1", "ingressclasses", IngressClass.class);

    public static final ExtraKind<Secret> SECRET = ExtraKind.namespaced("Secret", "v1", "secrets", Secret.class);

    /**
     * Types of Secrets that hold no certificate. Those of Helm are the largest objects of most namespaces. What is left is
     * Opaque, as those with only {@code ca.crt} are, and {@code kubernetes.io/tls}, and what others may invent.
     */
    private static final String SECRETS_WITH_CERTIFICATES = "type!=helm.sh/release.v1"
            + ",type!=kubernetes.io/service-account-token,type!=kubernetes.io/dockerconfigjson"
            + ",type!=kubernetes.io/dockercfg,type!=bootstrap.kubernetes.io/token";

    private IngressKinds() {}

    /**
     * What the ingress wants to know of the cluster. A cluster in which it must not read classes, which belong to no
     * namespace, counts as having none.
     *
     * @param annotations whether an annotation of an Ingress is worth keeping
     * @param secrets the Secrets that are wanted
     */
    public static SourceScope scope(Predicate<String> annotations, Selection secrets) {
        return SourceScope.ofProxy(
                List.of(
                        new ExtraResource<>(INGRESS, new IngressDecoder(annotations), "", false),
                        new ExtraResource<>(INGRESS_CLASS, IngressClass::decode, "", true)),
                List.of(new SelectedResource<>(SECRET, SecretDecoder::decode, SECRETS_WITH_CERTIFICATES, secrets)));
    }

    /**
     * Whether it is known of each of these Secrets what it holds, or why it cannot be known. Before, a proxy that starts
     * would answer with a default certificate where there is a better one.
     */
    public static boolean areKnown(Set<ObjectName> secrets, ClusterSnapshot snapshot) {
        for (ObjectName name : secrets) {
            boolean known = snapshot.objects(SECRET).containsKey(name)
                    || snapshot.setAside().containsKey(new ObjectKey(SECRET.kind(), name));
            if (!known) {
                return false;
            }
        }
        return true;
    }
}
