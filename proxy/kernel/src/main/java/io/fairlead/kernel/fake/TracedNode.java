package io.fairlead.kernel.fake;

import java.net.InetAddress;

/**
 * What a trace needs to know of the node besides its tables.
 *
 * <p>Implementations answer the same throughout a trace. Confined to the thread that traces.
 */
public interface TracedNode {

    /** Whether the node has this address. Loopback addresses are local without being asked for. */
    boolean isLocal(InetAddress address);

    /** The interface by which a packet to an address that is not local leaves. */
    String outInterface(InetAddress destination);

    /** The address of the node that masquerade puts into packets to this destination. */
    InetAddress masqueradeAddress(InetAddress destination);
}
