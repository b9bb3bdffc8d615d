package io.fairlead.lab.topology;

/**
 * A host as planned: its name and its addresses.
 *
 * <p>Immutable.
 *
 * @param name unique within the topology, at most 15 characters
 */
public record HostSpec(String name, DualStack addresses) {}
