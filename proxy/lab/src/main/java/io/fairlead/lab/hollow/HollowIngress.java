package io.fairlead.lab.hollow;

import java.util.Map;

/**
 * An Ingress without a class, of one host, whose backend is not there.
 *
 * <p>Immutable.
 *
 * @param namespace that it is in
 */
public record HollowIngress(String namespace) implements HollowObject {

    @Override
    public HollowKind kind() {
        return HollowKind.INGRESS;
    }

    @Override
    public String name() {
        return "web";
    }

    @Override
    public Map<String, String> labels() {
        return Map.of();
    }

    @Override
    public void writeRest(StringBuilder out) {
        out.append(
                        ",\"spec\":{\"rules\":[{\"host\":\"web.example.com\",\"http\":{\"paths\":[{\"path\":\"/\",\"pathType\":\"Prefix\"")
                .append(",\"backend\":{\"service\":{\"name\":\"web\",\"port\":{\"number\":")
                .append(HollowAddresses.PORT)
                .append("}}}}]}}]}");
    }
}
