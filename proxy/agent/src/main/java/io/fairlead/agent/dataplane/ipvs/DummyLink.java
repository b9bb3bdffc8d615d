package io.fairlead.agent.dataplane.ipvs;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.Errno;
import io.fairlead.kernel.IpBytes;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.route.Link;
import io.fairlead.kernel.route.LinkAddress;
import io.fairlead.kernel.route.NextHop;
import io.fairlead.kernel.route.RouteNetlink;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;

/**
 * The dummy link of our own in the network namespace of the thread that opens it. It only has addresses, and never carries a
 * packet.
 *
 * <p>Confined to one thread at a time.
 */
public final class DummyLink implements VirtualAddresses {

    public static final String NAME = "fairlead-ipvs0";

    /** Asking for so many one by one costs less than a list of what tens of thousands of Services have. */
    private static final int FEW = 100;

    private final RouteNetlink route;
    private final List<String> alike;
    private int index;

    private DummyLink(RouteNetlink route, List<String> alike) {
        this.route = route;
        this.alike = alike;
    }

    /**
     * Opens it; it is made when it is read for the first time.
     *
     * @param alike links of other programs for the same purpose: their addresses are none of the node's own
     */
    public static DummyLink open(String... alike) {
        return new DummyLink(RouteNetlink.open(), List.of(alike));
    }

    @Override
    public Set<IpAddress> read() {
        Link link = route.findLink(NAME).orElseGet(this::create);
        if (!link.isUp()) {
            route.setUp(link.index(), true);
        }
        index = link.index();
        return addresses(other -> other == index);
    }

    private Link create() {
        try {
            return route.createDummy(NAME);
        } catch (KernelException e) {
            if (e.errno() == Errno.EEXIST) {
                return route.link(NAME);
            }
            throw e;
        }
    }

    @Override
    public Set<IpAddress> ofOthers(Set<IpAddress> some) {
        if (some.size() <= FEW && some.stream().noneMatch(this::isLocal)) {
            return Set.of();
        }
        Set<Integer> ofServices = new HashSet<>(Set.of(index));
        alike.forEach(name -> route.findLink(name).ifPresent(link -> ofServices.add(link.index())));
        Set<IpAddress> found = addresses(other -> !ofServices.contains(other));
        found.retainAll(some);
        return found;
    }

    private boolean isLocal(IpAddress address) {
        return route.route(IpBytes.address(address.toBytes()))
                .filter(way -> way.nextHop() instanceof NextHop.Local)
                .isPresent();
    }

    private Set<IpAddress> addresses(IntPredicate links) {
        Set<IpAddress> found = new TreeSet<>();
        for (LinkAddress address : route.addresses()) {
            // Addresses that IPv6 gives to every link by itself are nobody's.
            if (links.test(address.link()) && address.scope() != LinkAddress.SCOPE_LINK) {
                found.add(IpAddress.ofBytes(address.address().getAddress()));
            }
        }
        return found;
    }

    @Override
    public void add(IpAddress address) {
        route.addAddress(linkAddress(address));
    }

    @Override
    public void remove(IpAddress address) {
        route.removeAddress(linkAddress(address));
    }

    private LinkAddress linkAddress(IpAddress address) {
        return LinkAddress.global(
                index, IpBytes.address(address.toBytes()), address.family().addressBits());
    }

    /**
     * Removes the link with its addresses.
     *
     * @return whether it was there
     */
    public static boolean delete() {
        try (RouteNetlink route = RouteNetlink.open()) {
            return route.deleteLink(NAME);
        }
    }

    @Override
    public void close() {
        route.close();
    }
}
