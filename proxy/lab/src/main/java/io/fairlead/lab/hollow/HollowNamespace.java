package io.fairlead.lab.hollow;

import java.util.Map;

/**
 * A namespace. Agents do not look at any, but a real API server wants it before what is in it.
 *
 * <p>Immutable.
 */
record HollowNamespace(String name) implements HollowObject {

    @Override
    public HollowKind kind() {
        return HollowKind.NAMESPACE;
    }

    @Override
    public String namespace() {
        return "";
    }

    @Override
    public Map<String, String> labels() {
        return Map.of();
    }

    @Override
    public void writeRest(StringBuilder out) {}
}
