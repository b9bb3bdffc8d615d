package io.fairlead.kernel.ipvs;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import java.util.List;

/**
 * IPVS of one network namespace. Two implementations: {@code NetlinkIpvs} is the kernel, {@code FakeIpvs} obeys the same
 * rules in memory.
 *
 * <p>Virtual servers belong to nobody and outlive whoever made them. Every operation is done whole or not at all, but
 * there are no transactions: between two operations of a batch packets are balanced.
 *
 * <p>Confined to one thread at a time.
 */
public interface Ipvs extends AutoCloseable {

    /**
     * All virtual servers that have an address; those of marks on packets are left out. Other programs that add or
     * delete some meanwhile, in whichever namespace, can make the listing lack one that is there, or have one twice.
     *
     * @throws KernelException if they cannot be read
     */
    List<VirtualServer> virtualServers();

    /**
     * The real servers of a virtual server. None if there is no such virtual server: the kernel tells the two apart no
     * more than that.
     *
     * @throws KernelException if they cannot be read
     */
    List<RealServerStatus> realServers(VirtualServerKey server);

    /**
     * Does operations in their order, each whatever became of those before it.
     *
     * @return those that were refused, in order; empty if all was done
     * @throws KernelException if answers were lost: then some may be done and others not, and all must be read again
     */
    List<IpvsRefusal> applyAll(List<IpvsOperation> operations);

    /**
     * Does one operation.
     *
     * @throws KernelException if it is refused, or its answer was lost (ENOBUFS)
     */
    default void apply(IpvsOperation operation) {
        for (IpvsRefusal refusal : applyAll(List.of(operation))) {
            throw refusal.toException();
        }
    }

    /**
     * Deletes virtual servers with all their real servers.
     *
     * @return what was refused; one that is gone already is fine
     * @throws KernelException as {@link #applyAll} does
     */
    default List<IpvsRefusal> deleteAll(List<VirtualServerKey> servers) {
        List<IpvsOperation> operations = servers.stream()
                .<IpvsOperation>map(IpvsOperation.DeleteVirtualServer::new)
                .toList();
        return applyAll(operations).stream()
                .filter(refusal -> refusal.errno() != Errno.ESRCH)
                .toList();
    }

    /** @throws KernelException if they cannot be read */
    IpvsTimeouts timeouts();

    /**
     * Sets all or, with 0, some of the time-outs.
     *
     * @throws KernelException EINVAL if one is out of range; none is set then
     */
    void setTimeouts(IpvsTimeouts timeouts);

    @Override
    void close();
}
