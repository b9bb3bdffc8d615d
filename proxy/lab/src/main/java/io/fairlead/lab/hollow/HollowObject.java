package io.fairlead.lab.hollow;

import java.util.Map;

/**
 * An object as it is from one change to the next. Everything that can be told from its number is told when it is
 * written, so that a cluster of a quarter of a million endpoints is some megabytes.
 *
 * <p>Immutable.
 */
public sealed interface HollowObject
        permits HollowIngress, HollowManifest, HollowNamespace, HollowNode, HollowRange, HollowService, HollowSlice {

    HollowKind kind();

    /** Empty if it has none. */
    String namespace();

    String name();

    Map<String, String> labels();

    /** Writes the members after {@code metadata}, each with a comma before it. */
    void writeRest(StringBuilder out);

    /** As {@code NAMESPACE/NAME}, which is the order of lists. */
    default String key() {
        return namespace() + "/" + name();
    }

    default Map<String, String> annotations() {
        return Map.of();
    }
}
