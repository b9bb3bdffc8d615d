package io.fairlead.ingress.translate;

import io.fairlead.cluster.model.IpFamily;
import io.fairlead.ingress.resource.IngressBackend;
import io.fairlead.ingress.route.policy.ForwardPolicy;
import java.util.List;

/**
 * What the operator says of translating.
 *
 * <p>Immutable.
 *
 * @param classes which Ingresses are ours
 * @param policy what holds where an Ingress says nothing else
 * @param redirects how requests without TLS are sent away
 * @param defaultBackend who gets what no route is for
 * @param endpoints which endpoints of a Service are used
 */
public record IngressSettings(
        Classes classes,
        ForwardPolicy policy,
        Redirects redirects,
        DefaultBackend defaultBackend,
        Endpoints endpoints) {

    public static final IngressSettings DEFAULT = new IngressSettings(
            new Classes("fairlead.io/ingress", "fairlead", false),
            ForwardPolicy.DEFAULT,
            new Redirects(true, 308, 0),
            new DefaultBackend("", new IngressBackend.None()),
            new Endpoints(List.of(IpFamily.IPV4, IpFamily.IPV6), "", false));

    /**
     * Which Ingresses are ours.
     *
     * <p>Immutable.
     *
     * @param controller of an IngressClass that is ours
     * @param legacy value of the annotation {@code kubernetes.io/ingress.class} that means us
     * @param withoutClass whether an Ingress that names no class at all is ours
     */
    public record Classes(String controller, String legacy, boolean withoutClass) {}

    /**
     * How requests without TLS are sent to https.
     *
     * <p>Immutable.
     *
     * @param toHttps whether those for a host with TLS are, where the Ingress does not say
     * @param status of the redirect
     * @param httpsPort the port that clients reach; 0 for 443
     */
    public record Redirects(boolean toHttps, int status, int httpsPort) {}

    /**
     * Who gets what no route is for.
     *
     * <p>Immutable.
     *
     * @param backend {@link IngressBackend.None} for 404
     */
    public record DefaultBackend(String namespace, IngressBackend backend) {}

    /**
     * Which endpoints of a Service are used.
     *
     * <p>Immutable.
     *
     * @param families in order of preference: a Service's endpoints are those of the first family that has usable ones, so
     *     that a Pod with two addresses is one endpoint
     * @param zone whose hints are followed, as kube-proxy follows them; empty to follow none
     * @param externalNames whether ExternalName Services are used at all
     */
    public record Endpoints(List<IpFamily> families, String zone, boolean externalNames) {

        public Endpoints {
            families = List.copyOf(families);
        }
    }
}
