package io.fairlead.lab.hollow;

import java.time.Instant;
import java.util.Map;

/**
 * An EndpointSlice as the EndpointSlice controller makes it.
 *
 * <p>Immutable.
 */
final class HollowSlice implements HollowObject {

    /** The controller's default. */
    static final int ENDPOINTS_MAX = 100;

    /** How far an endpoint is on its way. */
    enum Phase {
        /** Not ready yet. */
        STARTING,
        READY,
        /** Not ready any more. */
        UNREADY,
        TERMINATING;

        boolean serving() {
            return this == READY || this == TERMINATING;
        }
    }

    private static final Phase[] PHASES = Phase.values();
    private static final int PHASE_BITS = 2;
    private static final int PHASE_MASK = (1 << PHASE_BITS) - 1;
    private static final int SUFFIX_BASE = 36;
    private static final int SUFFIX_SPAN = SUFFIX_BASE * SUFFIX_BASE * SUFFIX_BASE * SUFFIX_BASE;

    private final HollowAddresses addresses;
    private final HollowService.Name owner;
    private final int ordinal;
    private final boolean ipv6;
    private final int[] endpoints;
    private final Instant triggeredAt;

    /**
     * @param endpoints packed; the caller does not change them any more
     * @param triggeredAt {@link Instant#EPOCH} where nothing has happened
     */
    HollowSlice(
            HollowAddresses addresses,
            HollowService.Name owner,
            int ordinal,
            boolean ipv6,
            int[] endpoints,
            Instant triggeredAt) {
        this.addresses = addresses;
        this.owner = owner;
        this.ordinal = ordinal;
        this.ipv6 = ipv6;
        this.endpoints = endpoints;
        this.triggeredAt = triggeredAt;
    }

    /** A Pod and its phase in one number. */
    static int pack(int pod, Phase phase) {
        return pod << PHASE_BITS | phase.ordinal();
    }

    static int pod(int packed) {
        return packed >>> PHASE_BITS;
    }

    static Phase phase(int packed) {
        return PHASES[packed & PHASE_MASK];
    }

    @Override
    public HollowKind kind() {
        return HollowKind.ENDPOINT_SLICE;
    }

    @Override
    public String namespace() {
        return owner.namespace();
    }

    @Override
    public String name() {
        return owner.name() + "-" + suffix(2 * ordinal + (ipv6 ? 1 : 0));
    }

    /** Five letters and digits, as generated names have. */
    private static String suffix(int number) {
        int scattered = Math.floorMod(number * 0x9e37_79b1 + 0x1234_567, SUFFIX_SPAN) + SUFFIX_SPAN;
        return Integer.toString(scattered, SUFFIX_BASE);
    }

    @Override
    public Map<String, String> labels() {
        return Map.of(
                "kubernetes.io/service-name",
                owner.name(),
                "endpointslice.kubernetes.io/managed-by",
                "hollow.fairlead.io");
    }

    @Override
    public Map<String, String> annotations() {
        return triggeredAt.equals(Instant.EPOCH)
                ? Map.of()
                : Map.of("endpoints.kubernetes.io/last-change-trigger-time", triggeredAt.toString());
    }

    HollowService.Name owner() {
        return owner;
    }

    @Override
    public void writeRest(StringBuilder out) {
        out.append(",\"addressType\":\"").append(ipv6 ? "IPv6" : "IPv4").append("\",\"endpoints\":[");
        for (int i = 0; i < endpoints.length; i++) {
            if (i > 0) {
                out.append(',');
            }
            writeEndpoint(out, pod(endpoints[i]), phase(endpoints[i]));
        }
        out.append("],\"ports\":[{\"name\":\"http\",\"protocol\":\"TCP\",\"port\":")
                .append(HollowAddresses.TARGET_PORT)
                .append("}]");
    }

    private void writeEndpoint(StringBuilder out, int pod, Phase phase) {
        int node = addresses.nodeOfPod(pod);
        out.append("{\"addresses\":[\"").append(addresses.pod(pod, ipv6));
        out.append("\"],\"conditions\":{\"ready\":").append(phase == Phase.READY);
        out.append(",\"serving\":").append(phase.serving());
        out.append(",\"terminating\":").append(phase == Phase.TERMINATING);
        out.append("},\"targetRef\":{\"kind\":\"Pod\",\"namespace\":\"").append(owner.namespace());
        out.append("\",\"name\":\"").append(owner.name()).append("-7c9f5d8b6c-").append(suffix(pod));
        out.append("\"},\"nodeName\":\"").append(HollowNode.name(node));
        out.append("\",\"zone\":\"").append(HollowNode.zone(node)).append("\"}");
    }
}
