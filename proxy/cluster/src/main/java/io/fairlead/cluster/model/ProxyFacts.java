package io.fairlead.cluster.model;

import java.util.List;
import java.util.Map;

/**
 * What only those want to know of a Service who connect to its endpoints themselves, as an L7 proxy does, or
 * tell others where it is.
 *
 * <p>Immutable.
 *
 * @param externalName {@code spec.externalName} of an ExternalName Service, as it is written; else empty
 * @param appProtocols the application protocol by port number, of those TCP ports that name one
 * @param loadBalancer addresses and names in {@code status.loadBalancer.ingress}, whatever their {@code ipMode}
 */
public record ProxyFacts(String externalName, Map<Integer, String> appProtocols, List<String> loadBalancer) {

    /** Nothing known, or nobody asked. */
    public static final ProxyFacts NONE = new ProxyFacts("", Map.of(), List.of());

    public ProxyFacts {
        appProtocols = Map.copyOf(appProtocols);
        loadBalancer = List.copyOf(loadBalancer);
    }
}
