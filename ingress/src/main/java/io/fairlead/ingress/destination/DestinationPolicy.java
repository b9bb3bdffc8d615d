package io.fairlead.ingress.destination;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.cluster.model.Ipv4Address;
import io.fairlead.cluster.model.Ipv6Address;
import java.util.List;
import java.util.Set;

/**
 * Whether this program may connect to an address because a user's object said so. Whoever may write a Service or an
 * EndpointSlice could else make it speak to what only the node itself should reach: admin ports, kubelets, metadata
 * services.
 *
 * <p>To be asked when it is known which address a connection goes to: of names after they were resolved.
 *
 * <p>Immutable.
 *
 * @param nodeAddresses the node's own addresses, loopback aside
 * @param ownPorts on which this program listens on the node: never a destination there, whatever is allowed
 * @param allowed by the operator, against everything else
 */
public record DestinationPolicy(Set<IpAddress> nodeAddresses, Set<Integer> ownPorts, List<IpPrefix> allowed) {

    private static final IpPrefix THIS_NETWORK = IpPrefix.parse("0.0.0.0/8");
    private static final IpPrefix MULTICAST = IpPrefix.parse("224.0.0.0/4");
    private static final IpPrefix RESERVED = IpPrefix.parse("240.0.0.0/4");
    private static final IpPrefix MULTICAST_IPV6 = IpPrefix.parse("ff00::/8");

    /** IPv4 addresses in another form, as the last 32 bits (RFC 4291, section 2.5.5; RFC 6052, section 2.1). */
    private static final List<IpPrefix> HOLDING_IPV4 = List.of(
            IpPrefix.parse("::/96"),
            new IpPrefix(new Ipv6Address(0, 0xffffL << Integer.SIZE), 96),
            IpPrefix.parse("64:ff9b::/96"));

    public DestinationPolicy {
        nodeAddresses = Set.copyOf(nodeAddresses);
        ownPorts = Set.copyOf(ownPorts);
        allowed = List.copyOf(allowed);
    }

    /**
     * Whether this may be connected to.
     *
     * @param pod whether the object says that it is a Pod, which may be one in the node's own network
     */
    public DestinationVerdict verdict(Destination destination, boolean pod) {
        DestinationVerdict kind = kind(destination.address());
        boolean onNode = kind == DestinationVerdict.NODE_ADDRESS
                || kind == DestinationVerdict.LOOPBACK
                || kind == DestinationVerdict.UNSPECIFIED;
        if (onNode && ownPorts.contains(destination.port())) {
            return DestinationVerdict.OWN_PORT;
        }
        if (pod && kind == DestinationVerdict.NODE_ADDRESS || isAllowed(destination.address())) {
            return DestinationVerdict.ALLOWED;
        }
        return kind;
    }

    private boolean isAllowed(IpAddress address) {
        for (IpPrefix prefix : allowed) {
            if (prefix.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /** What kind of address it is; {@link DestinationVerdict#ALLOWED} for an ordinary one. */
    private DestinationVerdict kind(IpAddress address) {
        if (nodeAddresses.contains(address)) {
            return DestinationVerdict.NODE_ADDRESS;
        }
        if (address.isLoopback()) {
            return DestinationVerdict.LOOPBACK;
        }
        if (address.isUnspecified() || THIS_NETWORK.contains(address)) {
            return DestinationVerdict.UNSPECIFIED;
        }
        if (address.isLinkLocal()) {
            return DestinationVerdict.LINK_LOCAL;
        }
        if (MULTICAST.contains(address) || RESERVED.contains(address) || MULTICAST_IPV6.contains(address)) {
            return DestinationVerdict.GROUP;
        }
        return address instanceof Ipv6Address ipv6 ? kindOfHeld(ipv6) : DestinationVerdict.ALLOWED;
    }

    private DestinationVerdict kindOfHeld(Ipv6Address address) {
        for (IpPrefix prefix : HOLDING_IPV4) {
            if (prefix.contains(address)) {
                return kind(new Ipv4Address((int) address.low()));
            }
        }
        return DestinationVerdict.ALLOWED;
    }
}
