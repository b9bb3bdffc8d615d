package io.fairlead.agent.dataplane.ipvs;

import io.fairlead.cluster.model.IpAddress;
import java.util.Set;

/**
 * The addresses that the node has because Services have them, on a link that carries nothing else. IPVS sees packets only
 * where they are delivered to the node.
 *
 * <p>Confined to one thread at a time.
 */
public interface VirtualAddresses extends AutoCloseable {

    /**
     * Those that are there.
     *
     * @throws io.fairlead.kernel.KernelException if they cannot be read, or the link cannot be made
     */
    Set<IpAddress> read();

    /**
     * Those of some addresses that other links of the node have: they are not ours to add or to remove.
     *
     * @throws io.fairlead.kernel.KernelException if they cannot be read
     */
    Set<IpAddress> ofOthers(Set<IpAddress> some);

    /** @throws io.fairlead.kernel.KernelException if the kernel refuses */
    void add(IpAddress address);

    /** @throws io.fairlead.kernel.KernelException if the kernel refuses */
    void remove(IpAddress address);

    @Override
    void close();
}
