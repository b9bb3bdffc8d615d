package io.fairlead.lab.hollow;

import java.util.Map;

/**
 * A Node: addresses, Pod range, zone.
 *
 * <p>Immutable.
 */
record HollowNode(int number, String podRange, boolean dualStack) implements HollowObject {

    private static final int ZONES = 3;

    static String name(int number) {
        return "hollow-" + (number + 1);
    }

    static String zone(int number) {
        return "zone-" + (char) ('a' + number % ZONES);
    }

    @Override
    public HollowKind kind() {
        return HollowKind.NODE;
    }

    @Override
    public String namespace() {
        return "";
    }

    @Override
    public String name() {
        return name(number);
    }

    @Override
    public Map<String, String> labels() {
        return Map.of("kubernetes.io/hostname", name(), "topology.kubernetes.io/zone", zone(number));
    }

    @Override
    public void writeRest(StringBuilder out) {
        out.append(",\"spec\":{\"podCIDR\":\"").append(podRange);
        out.append("\",\"podCIDRs\":[\"").append(podRange);
        out.append("\"]},\"status\":{\"addresses\":[");
        address(out, "InternalIP", HollowAddresses.node(number, false)).append(',');
        if (dualStack) {
            address(out, "InternalIP", HollowAddresses.node(number, true)).append(',');
        }
        address(out, "Hostname", name());
        out.append("],\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}");
    }

    private static StringBuilder address(StringBuilder out, String type, String address) {
        return out.append("{\"type\":\"")
                .append(type)
                .append("\",\"address\":\"")
                .append(address)
                .append("\"}");
    }
}
