package io.fairlead.cluster.source.decode;

import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ClusterObject;
import io.fairlead.cluster.model.ObjectName;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Slims objects of all kinds to our records; both sources use it, so that an object means the same wherever it is from.
 *
 * <p>Confined to the thread of its source.
 */
public final class ObjectDecoder {

    /** A Service with it is another proxy's. */
    public static final String PROXY_NAME_LABEL = "service.kubernetes.io/service-proxy-name";

    /** A slice with it is of a Service without an address, which no node routes. */
    public static final String HEADLESS_LABEL = "service.kubernetes.io/headless";

    private static final String TRIGGER_TIME = "endpoints.kubernetes.io/last-change-trigger-time";
    private static final int TRIGGER_TIME_MAX = 64;
    private static final int NAME_MAX = 253;
    private static final int NAMESPACE_MAX = 63;

    private final Interner interner = new Interner();
    private final Map<ClusterKind, KindDecoder> decoders = new TreeMap<>();

    /** By the two fields that every object begins with. */
    private final Map<String, ClusterKind> kinds = new HashMap<>();

    /** @param extras decoders of kinds that another module declares */
    public ObjectDecoder(Audience audience, Map<ClusterKind, ExtraDecoder<?>> extras) {
        decoders.put(ClusterKind.SERVICE, new ServiceDecoder(audience, interner));
        decoders.put(ClusterKind.ENDPOINT_SLICE, new EndpointSliceDecoder(audience, interner));
        decoders.put(ClusterKind.NODE, new NodeDecoder());
        decoders.put(ClusterKind.SERVICE_CIDR, new ServiceCidrDecoder());
        extras.forEach((kind, extra) ->
                decoders.put(kind, (name, object) -> extra.decode(name, object).map(ClusterObject.class::cast)));
        decoders.keySet().forEach(kind -> kinds.put(kind.apiVersion() + " " + kind.label(), kind));
        kinds.put("networking.k8s.io/v1beta1 ServiceCIDR", ClusterKind.SERVICE_CIDR);
    }

    /** Our kind for the two fields that every object begins with; empty for one that is none of ours. */
    public Optional<ClusterKind> kind(String apiVersion, String kind) {
        return Optional.ofNullable(kinds.get(apiVersion + " " + kind));
    }

    /**
     * Reads namespace and name; without a namespace, an object that needs one is in {@code default}.
     *
     * @throws InvalidInput if there is no name or it is not one
     */
    public ObjectName name(ClusterKind kind, Field object) {
        Field metadata = object.at("metadata");
        String name = metadata.at("name").name(NAME_MAX);
        if (name.isEmpty()) {
            throw metadata.at("name").error("is missing");
        }
        if (!kind.isNamespaced()) {
            return new ObjectName("", name);
        }
        String namespace = metadata.at("namespace").name(NAMESPACE_MAX);
        return new ObjectName(namespace.isEmpty() ? "default" : interner.share(namespace), name);
    }

    /**
     * When what led to this state of an EndpointSlice happened, as its controller noted; empty if it did not, or in
     * another form than RFC 3339's.
     */
    public Optional<Instant> triggeredAt(Field slice) {
        String text = slice.at("metadata").at("annotations").at(TRIGGER_TIME).text(TRIGGER_TIME_MAX);
        try {
            return text.isEmpty()
                    ? Optional.empty()
                    : Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /**
     * Slims the object; empty if there is nothing to route for it, so that it counts as deleted.
     *
     * @throws InvalidInput if it cannot be honoured
     */
    public Optional<ClusterObject> decode(ClusterKind kind, ObjectName name, Field object) {
        KindDecoder decoder = decoders.get(kind);
        return decoder == null ? Optional.empty() : decoder.decode(name, object);
    }
}
