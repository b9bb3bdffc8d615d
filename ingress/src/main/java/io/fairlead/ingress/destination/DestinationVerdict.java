package io.fairlead.ingress.destination;

/**
 * What the {@link DestinationPolicy} says of an address.
 *
 * <p>Immutable.
 */
public enum DestinationVerdict {
    ALLOWED("it is allowed"),
    UNSPECIFIED("it stands for this host, or for none"),
    LOOPBACK("it is a loopback address"),
    LINK_LOCAL("it is link-local, as metadata services of clouds are"),
    GROUP("it is a multicast, broadcast or reserved address"),
    NODE_ADDRESS("it is an address of this node"),
    OWN_PORT("it is a port of this program on this node");

    private final String reason;

    DestinationVerdict(String reason) {
        this.reason = reason;
    }

    /** A clause. */
    public String reason() {
        return reason;
    }
}
