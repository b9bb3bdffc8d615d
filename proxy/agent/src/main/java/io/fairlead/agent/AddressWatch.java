package io.fairlead.agent;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.route.LinkAddress;
import io.fairlead.kernel.route.RouteChange;
import io.fairlead.kernel.route.RouteMonitor;
import io.fairlead.kernel.route.RouteNetlink;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Follows the addresses on this node's interfaces: reads all of them at each news, since news are rare and a full read
 * cannot miss one.
 *
 * <p>Thread-safe.
 */
final class AddressWatch implements AutoCloseable {

    private static final Logger LOG = System.getLogger(AddressWatch.class.getName());

    private final Consumer<Set<IpAddress>> listener;
    private final RouteMonitor monitor;
    private final Thread thread;

    /** Reads the addresses, tells the listener, and goes on watching in the network namespace of the caller. */
    AddressWatch(Consumer<Set<IpAddress>> listener) {
        this.listener = listener;
        this.monitor = RouteMonitor.open(Set.of(RouteMonitor.Topic.ADDRESSES), new RouteMonitor.Listener() {
            @Override
            public void changed(RouteChange change) {
                tell();
            }

            @Override
            public void lost() {
                tell();
            }
        });
        listener.accept(read());
        this.thread = Thread.ofPlatform().daemon().name("address-watch").start(monitor);
    }

    private void tell() {
        try {
            listener.accept(read());
        } catch (KernelException e) {
            LOG.log(Level.WARNING, "the addresses of this node are as they were: {0}", e.getMessage());
        }
    }

    /** Every address on an interface. */
    static Set<IpAddress> read() {
        Set<IpAddress> addresses = new TreeSet<>();
        try (RouteNetlink route = RouteNetlink.open()) {
            for (LinkAddress address : route.addresses()) {
                addresses.add(IpAddress.ofBytes(address.address().getAddress()));
            }
        }
        return addresses;
    }

    @Override
    public void close() {
        monitor.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
