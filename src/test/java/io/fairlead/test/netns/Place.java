package io.fairlead.test.netns;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.IpBytes;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.Sysctl;
import io.fairlead.kernel.netns.NetNs;
import io.fairlead.kernel.route.LinkAddress;
import io.fairlead.kernel.route.NextHop;
import io.fairlead.kernel.route.Route;
import io.fairlead.kernel.route.RouteNetlink;
import java.net.InetAddress;

/**
 * A namespace while it is wired.
 *
 * <p>Confined to one thread.
 */
public final class Place implements AutoCloseable {

    private final NetNs namespace = NetNs.anonymous();
    private final RouteNetlink network = namespace.run(RouteNetlink::open);

    public Place() {
        network.setUp(network.link("lo").index(), true);
        // What a host of the tests must not do by itself: drop odd paths, learn shorter ones.
        set("net/ipv4/conf/all/rp_filter", 0);
        set("net/ipv4/conf/default/rp_filter", 0);
        set("net/ipv4/conf/all/send_redirects", 0);
        set("net/ipv4/conf/default/send_redirects", 0);
        set("net/ipv6/conf/all/accept_redirects", 0);
        set("net/ipv6/conf/default/accept_redirects", 0);
    }

    public NetNs namespace() {
        return namespace;
    }

    /** Makes it a router. */
    public void forward() {
        set("net/ipv4/ip_forward", 1);
        set("net/ipv6/conf/all/forwarding", 1);
    }

    /** @throws KernelException if the kernel does not let us */
    void set(String sysctl, long value) {
        if (write(sysctl, value) instanceof Sysctl.Missing) {
            throw new KernelException("set", sysctl, 0, "this kernel does not have it");
        }
    }

    /** As {@link #set}; a kernel that does not have it is fine. */
    void setIfPresent(String sysctl, long value) {
        write(sysctl, value);
    }

    private Sysctl.Outcome write(String sysctl, long value) {
        Sysctl.Outcome outcome = namespace.run(() -> new Sysctl(sysctl).write(value));
        if (outcome instanceof Sysctl.Refused(String reason)) {
            throw new KernelException("set", sysctl, 0, reason);
        }
        return outcome;
    }

    public void wire(String link, Place other, String otherLink) {
        network.createVeth(link, other.namespace, otherLink);
        network.setUp(link(link), true);
        other.network.setUp(other.link(otherLink), true);
    }

    void bridge(String name, String... ports) {
        network.createBridge(name);
        for (String port : ports) {
            network.setMaster(link(port), link(name));
        }
        network.setUp(link(name), true);
    }

    public void address(String link, IpAddress address, int length) {
        network.addAddress(LinkAddress.global(link(link), inet(address), length));
    }

    void removeAddress(String link, IpAddress address, int length) {
        network.removeAddress(LinkAddress.global(link(link), inet(address), length));
    }

    /** An address of its own, without a network around it. */
    public void address(String link, IpAddress address) {
        address(link, address, address.family().addressBits());
    }

    public void route(String prefix, String link, String gateway) {
        InetAddress router = inet(IpAddress.parse(gateway));
        route(prefix, new NextHop.Gateway(router, link(link)));
    }

    public void routeOnLink(String prefix, String link) {
        route(prefix, new NextHop.OnLink(link(link)));
    }

    /** Everything in the prefix is taken for an address of this host. */
    public void claim(String prefix) {
        route(prefix, new NextHop.Local(link("lo")));
    }

    private void route(String prefix, NextHop hop) {
        int slash = prefix.indexOf('/');
        InetAddress first = inet(IpAddress.parse(prefix.substring(0, slash)));
        network.addRoute(Route.of(first, Integer.parseInt(prefix.substring(slash + 1)), hop));
    }

    private int link(String name) {
        return network.link(name).index();
    }

    private static InetAddress inet(IpAddress address) {
        return IpBytes.address(address.toBytes());
    }

    @Override
    public void close() {
        network.close();
        namespace.close();
    }
}
