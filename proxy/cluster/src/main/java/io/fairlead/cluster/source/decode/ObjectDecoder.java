package io.fairlead.cluster.source.decode;

import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ClusterObject;
import io.fairlead.cluster.model.ObjectName;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * Slims objects of all kinds to our records; both sources use it, so that an object means the same wherever it is from.
 *
 * <p>Confined to the thread of its source.
 */
public final class ObjectDecoder {

    /** A Service with it is another proxy's. */
    public static final String PROXY_NAME_LABEL = "service.kubernetes.io/service-proxy-name";

    /** A slice with it is nobody's. */
    public static final String HEADLESS_LABEL = "service.kubernetes.io/headless";

    private static final String TRIGGER_TIME = "endpoints.kubernetes.io/last-change-trigger-time";
    private static final int TRIGGER_TIME_MAX = 64;
    private static final int NAME_MAX = 253;
    private static final int NAMESPACE_MAX = 63;

    private final Interner interner = new Interner();
    private final KindDecoder services = new ServiceDecoder(interner);
    private final KindDecoder slices = new EndpointSliceDecoder(interner);
    private final KindDecoder nodes = new NodeDecoder();
    private final KindDecoder serviceCidrs = new ServiceCidrDecoder();

    /** Our kind for the two fields that every object begins with; empty for one that is none of ours. */
    public static Optional<ClusterKind> kind(String apiVersion, String kind) {
        return switch (apiVersion + " " + kind) {
            case "v1 Service" -> Optional.of(ClusterKind.SERVICE);
            case "discovery.k8s.io/v1 EndpointSlice" -> Optional.of(ClusterKind.ENDPOINT_SLICE);
            case "v1 Node" -> Optional.of(ClusterKind.NODE);
            case "networking.k8s.io/v1 ServiceCIDR", "networking.k8s.io/v1beta1 ServiceCIDR" ->
                Optional.of(ClusterKind.SERVICE_CIDR);
            default -> Optional.empty();
        };
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
        return switch (kind) {
            case NODE, SERVICE_CIDR -> new ObjectName("", name);
            case SERVICE, ENDPOINT_SLICE, MANIFEST -> {
                String namespace = metadata.at("namespace").name(NAMESPACE_MAX);
                yield new ObjectName(namespace.isEmpty() ? "default" : interner.share(namespace), name);
            }
        };
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
        return switch (kind) {
            case SERVICE -> services.decode(name, object);
            case ENDPOINT_SLICE -> slices.decode(name, object);
            case NODE -> nodes.decode(name, object);
            case SERVICE_CIDR -> serviceCidrs.decode(name, object);
            case MANIFEST -> Optional.empty();
        };
    }
}
