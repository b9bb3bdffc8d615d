package io.fairlead.ingress.destination;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import java.util.Comparator;

/**
 * An address and a port to connect to.
 *
 * <p>Immutable.
 */
public record Destination(IpAddress address, int port) implements Comparable<Destination> {

    private static final Comparator<Destination> ORDER =
            Comparator.comparing(Destination::address).thenComparingInt(Destination::port);

    @Override
    public int compareTo(Destination other) {
        return ORDER.compare(this, other);
    }

    /** {@code 10.0.0.1:80}, {@code [fd00::1]:80}. */
    @Override
    public String toString() {
        return (address.family() == IpFamily.IPV6 ? "[" + address + "]" : address.toString()) + ":" + port;
    }
}
