package io.fairlead.agent.dataplane.ipvs;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.Errno;
import io.fairlead.kernel.IpBytes;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.route.Link;
import io.fairlead.kernel.route.LinkAddress;
import io.fairlead.kernel.route.RouteNetlink;
import java.util.Set;
import java.util.TreeSet;

/**
 * The dummy link of our own in the network namespace of the thread that opens it. It never carries a packet: a dummy link
 * that is down keeps its addresses, and they are answered for by no other link that way, but IPv6 needs it to be up.
 *
 * <p>Confined to one thread at a time.
 */
public final class DummyLink implements VirtualAddresses {

    public static final String NAME = "fairlead-ipvs0";

    private final RouteNetlink route;
    private int index;

    private DummyLink(RouteNetlink route) {
        this.route = route;
    }

    /** Opens it; it is made when it is read for the first time. */
    public static DummyLink open() {
        return new DummyLink(RouteNetlink.open());
    }

    @Override
    public Set<IpAddress> read() {
        Link link = route.findLink(NAME).orElseGet(this::create);
        if (!link.isUp()) {
            route.setUp(link.index(), true);
        }
        index = link.index();
        return addresses(true);
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
    public Set<IpAddress> others() {
        return addresses(false);
    }

    private Set<IpAddress> addresses(boolean ours) {
        Set<IpAddress> found = new TreeSet<>();
        for (LinkAddress address : route.addresses()) {
            // The link's own address, that IPv6 gives to every link.
            boolean linkLocal = address.scope() == LinkAddress.SCOPE_LINK;
            if (address.link() == index == ours && !(ours && linkLocal)) {
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
