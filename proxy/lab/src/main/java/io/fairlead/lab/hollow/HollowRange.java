package io.fairlead.lab.hollow;

import java.util.Map;

/**
 * The ServiceCIDR that the API server makes of its own flag.
 *
 * <p>Immutable.
 */
record HollowRange(boolean dualStack) implements HollowObject {

    @Override
    public HollowKind kind() {
        return HollowKind.SERVICE_CIDR;
    }

    @Override
    public String namespace() {
        return "";
    }

    @Override
    public String name() {
        return "kubernetes";
    }

    @Override
    public Map<String, String> labels() {
        return Map.of();
    }

    @Override
    public void writeRest(StringBuilder out) {
        out.append(",\"spec\":{\"cidrs\":[\"").append(HollowAddresses.SERVICE_RANGE);
        if (dualStack) {
            out.append("\",\"").append(HollowAddresses.SERVICE_RANGE_6);
        }
        out.append("\"]}");
    }
}
