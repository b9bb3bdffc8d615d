package io.fairlead.ingress.program;

import io.fairlead.cluster.model.IpAddress;
import java.io.UncheckedIOException;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * The addresses of the network that the program is in, looked up again after a while.
 *
 * <p>Thread-safe.
 */
final class NodeAddresses {

    private static final long VALID_NANOS = Duration.ofSeconds(5).toNanos();

    private Set<IpAddress> known = Set.of();
    private long readNanos = System.nanoTime() - VALID_NANOS;

    synchronized Set<IpAddress> current() {
        long now = System.nanoTime();
        if (now - readNanos >= VALID_NANOS) {
            known = read();
            readNanos = now;
        }
        return known;
    }

    private static Set<IpAddress> read() {
        Set<IpAddress> addresses = new HashSet<>();
        try {
            NetworkInterface.networkInterfaces()
                    .flatMap(each -> each.getInterfaceAddresses().stream())
                    .map(InterfaceAddress::getAddress)
                    .forEach(address -> addresses.add(IpAddress.ofBytes(address.getAddress())));
        } catch (SocketException e) {
            throw new UncheckedIOException("cannot read this node's addresses", e);
        }
        return addresses;
    }
}
