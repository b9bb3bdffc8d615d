package io.fairlead.lab.hollow;

import java.util.Map;

/**
 * A Service.
 *
 * <p>Immutable.
 *
 * @param special what is unusual about it
 * @param nodePort 0 if it has none
 */
record HollowService(int number, Name id, Special special, int nodePort, boolean dualStack) implements HollowObject {

    /** What can be unusual about a Service. */
    enum Special {
        NOTHING,
        NODE_PORT,
        LOAD_BALANCER,
        AFFINITY,
        LOCAL
    }

    /**
     * What Service this is.
     *
     * <p>Immutable.
     */
    record Name(String namespace, String name) {}

    @Override
    public HollowKind kind() {
        return HollowKind.SERVICE;
    }

    @Override
    public String namespace() {
        return id.namespace();
    }

    @Override
    public String name() {
        return id.name();
    }

    @Override
    public Map<String, String> labels() {
        return Map.of("app", name());
    }

    /** Whether the API server takes a part of it only under {@code /status}. */
    boolean hasStatus() {
        return special == Special.LOAD_BALANCER;
    }

    @Override
    public void writeRest(StringBuilder out) {
        String address = HollowAddresses.service(number, false);
        out.append(",\"spec\":{\"clusterIP\":\"").append(address);
        out.append("\",\"clusterIPs\":[\"").append(address);
        if (dualStack) {
            out.append("\",\"").append(HollowAddresses.service(number, true));
        }
        out.append("\"],\"ipFamilies\":").append(dualStack ? "[\"IPv4\",\"IPv6\"]" : "[\"IPv4\"]");
        out.append(",\"ipFamilyPolicy\":\"").append(dualStack ? "RequireDualStack" : "SingleStack");
        out.append("\",\"type\":\"").append(type());
        // No selector: where a controller manager runs, it leaves the slices of such a Service alone.
        out.append("\",\"ports\":[{\"name\":\"http\",\"protocol\":\"TCP\",\"port\":")
                .append(HollowAddresses.PORT)
                .append(",\"targetPort\":")
                .append(HollowAddresses.TARGET_PORT);
        if (nodePort > 0) {
            out.append(",\"nodePort\":").append(nodePort);
        }
        out.append("}],\"internalTrafficPolicy\":\"Cluster\"").append(more()).append('}');
        if (hasStatus()) {
            out.append(',');
            writeStatus(out);
        }
    }

    private String type() {
        return switch (special) {
            case NOTHING, AFFINITY -> "ClusterIP";
            case NODE_PORT, LOCAL -> "NodePort";
            case LOAD_BALANCER -> "LoadBalancer";
        };
    }

    private String more() {
        String affinity = special == Special.AFFINITY
                ? ",\"sessionAffinity\":\"ClientIP\",\"sessionAffinityConfig\":{\"clientIP\":{\"timeoutSeconds\":10800}}"
                : ",\"sessionAffinity\":\"None\"";
        return switch (special) {
            case NOTHING, AFFINITY -> affinity;
            case NODE_PORT -> affinity + ",\"externalTrafficPolicy\":\"Cluster\"";
            case LOAD_BALANCER ->
                affinity + ",\"externalTrafficPolicy\":\"Cluster\",\"allocateLoadBalancerNodePorts\":false";
            case LOCAL -> affinity + ",\"externalTrafficPolicy\":\"Local\"";
        };
    }

    /** Writes the member {@code status}. */
    void writeStatus(StringBuilder out) {
        out.append("\"status\":{\"loadBalancer\":{\"ingress\":[{\"ip\":\"")
                .append(HollowAddresses.balancer(number))
                .append("\",\"ipMode\":\"VIP\"}]}}");
    }
}
