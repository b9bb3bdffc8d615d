package io.fairlead.lab.topology;

import io.fairlead.kernel.netns.NetNs;

/**
 * A host as built.
 *
 * <p>Immutable; the namespace belongs to the lab.
 */
public record Host(HostSpec spec, NetNs namespace) {

    public String name() {
        return spec.name();
    }

    public DualStack addresses() {
        return spec.addresses();
    }
}
