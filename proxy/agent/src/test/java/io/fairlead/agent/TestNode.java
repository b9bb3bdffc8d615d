package io.fairlead.agent;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.kernel.IpBytes;
import io.fairlead.kernel.netns.NetNs;
import io.fairlead.kernel.route.LinkAddress;
import io.fairlead.kernel.route.MacAddress;
import io.fairlead.kernel.route.Neighbour;
import io.fairlead.kernel.route.NextHop;
import io.fairlead.kernel.route.Route;
import io.fairlead.kernel.route.RouteNetlink;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A network namespace that is node and pods in one: addresses are on its loopback link, and what goes elsewhere leaves
 * on a wire with nobody at its end.
 *
 * <p>Thread-safe.
 */
public final class TestNode implements AutoCloseable {

    private final NetNs namespace = NetNs.anonymous();
    private final NetNs elsewhere = NetNs.anonymous();

    public TestNode(String... addresses) {
        try (RouteNetlink route = namespace.run(() -> RouteNetlink.open())) {
            int loopback = route.link("lo").index();
            route.setUp(loopback, true);
            for (String address : addresses) {
                boolean v4 = IpAddress.parse(address).family() == IpFamily.IPV4;
                route.addAddress(LinkAddress.global(loopback, inet(address), v4 ? 32 : 128));
            }
            awaitLocal(route, addresses);
            int wire = route.createVeth("wire", elsewhere, "wire").index();
            route.setUp(wire, true);
            for (InetAddress router : List.of(inet("10.255.0.1"), inet("fd00:255::1"))) {
                InetAddress any = inet(router.getAddress().length == IpBytes.IPV4_BYTES ? "0.0.0.0" : "::");
                route.setNeighbour(new Neighbour(wire, router, new MacAddress(0x02L << 40), Neighbour.PERMANENT));
                route.addRoute(Route.of(any, 0, new NextHop.Gateway(router, wire)));
            }
        }
        try (RouteNetlink route = elsewhere.run(() -> RouteNetlink.open())) {
            route.setUp(route.link("wire").index(), true);
        }
    }

    /**
     * An IPv6 address can be bound at once, but the kernel's worker for duplicate detection adds its local route a
     * moment later, also where nothing is to be detected. A packet of before would leave through the wire.
     */
    private static void awaitLocal(RouteNetlink route, String... addresses) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        for (String address : addresses) {
            InetAddress expected = inet(address);
            while (route.routes().stream()
                    .noneMatch(found -> found.nextHop() instanceof NextHop.Local
                            && found.destination().equals(expected))) {
                assertTrue(System.nanoTime() < deadline, address + " has no local route");
                Thread.onSpinWait();
            }
        }
    }

    public NetNs namespace() {
        return namespace;
    }

    public static InetAddress inet(String address) {
        return IpBytes.address(IpAddress.parse(address).toBytes());
    }

    public static InetSocketAddress socket(String address, int port) {
        return new InetSocketAddress(inet(address), port);
    }

    @Override
    public void close() {
        namespace.close();
        elsewhere.close();
    }
}
