package io.fairlead.agent;

import io.fairlead.agent.dataplane.ipvs.DummyLink;
import io.fairlead.agent.neighbour.KubeProxyLeftovers;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.route.LinkAddress;
import io.fairlead.kernel.route.RouteChange;
import io.fairlead.kernel.route.RouteMonitor;
import io.fairlead.kernel.route.RouteNetlink;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashSet;
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

    /** Links whose addresses the node has because Services have them. */
    private static final Set<String> OF_SERVICES = Set.of(DummyLink.NAME, KubeProxyLeftovers.IPVS_LINK);

    private final Consumer<Set<IpAddress>> listener;
    private final RouteMonitor monitor;
    private final Thread thread;
    private volatile Set<Integer> linksOfServices = Set.of();

    /** Reads the addresses, tells the listener, and goes on watching in the network namespace of the caller. */
    AddressWatch(Consumer<Set<IpAddress>> listener) {
        this.listener = listener;
        this.monitor = RouteMonitor.open(Set.of(RouteMonitor.Topic.ADDRESSES), new RouteMonitor.Listener() {
            @Override
            public void changed(RouteChange change) {
                if (!isOfServices(change)) {
                    tell();
                }
            }

            @Override
            public void lost() {
                tell();
            }
        });
        listener.accept(readAll());
        this.thread = Thread.ofPlatform().daemon().name("address-watch").start(monitor);
    }

    private void tell() {
        try {
            listener.accept(readAll());
        } catch (KernelException e) {
            LOG.log(Level.WARNING, "the addresses of this node are as they were: {0}", e.getMessage());
        }
    }

    private boolean isOfServices(RouteChange change) {
        return switch (change) {
            case RouteChange.AddressSet(LinkAddress address) -> linksOfServices.contains(address.link());
            case RouteChange.AddressRemoved(LinkAddress address) -> linksOfServices.contains(address.link());
            default -> false;
        };
    }

    private Set<IpAddress> readAll() {
        try (RouteNetlink route = RouteNetlink.open()) {
            linksOfServices = linksOfServices(route);
            return read(route, linksOfServices);
        }
    }

    private static Set<Integer> linksOfServices(RouteNetlink route) {
        Set<Integer> links = new HashSet<>();
        for (String name : OF_SERVICES) {
            route.findLink(name).ifPresent(link -> links.add(link.index()));
        }
        return links;
    }

    /** Every address on an interface, but those that it has only because Services have them. */
    static Set<IpAddress> read() {
        try (RouteNetlink route = RouteNetlink.open()) {
            return read(route, linksOfServices(route));
        }
    }

    private static Set<IpAddress> read(RouteNetlink route, Set<Integer> linksOfServices) {
        Set<IpAddress> addresses = new TreeSet<>();
        for (LinkAddress address : route.addresses()) {
            if (!linksOfServices.contains(address.link())) {
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
