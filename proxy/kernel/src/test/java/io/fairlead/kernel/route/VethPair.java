package io.fairlead.kernel.route;

import io.fairlead.kernel.IpBytes;
import io.fairlead.kernel.netns.NetNs;
import java.net.InetAddress;

/**
 * Two hosts on one wire, for tests: {@code left} is 10.77.0.1 and fd77::1, {@code right} 10.77.0.2 and fd77::2.
 *
 * <p>Immutable.
 */
public record VethPair(NetNs left, NetNs right) implements AutoCloseable {

    public static final InetAddress LEFT_V4 = ip(10, 77, 0, 1);
    public static final InetAddress RIGHT_V4 = ip(10, 77, 0, 2);
    public static final InetAddress LEFT_V6 = v6(1);
    public static final InetAddress RIGHT_V6 = v6(2);

    public static VethPair create() {
        VethPair pair = new VethPair(NetNs.anonymous(), NetNs.anonymous());
        try (RouteNetlink left = pair.left.run(RouteNetlink::open);
                RouteNetlink right = pair.right.run(RouteNetlink::open)) {
            left.createVeth("wire", pair.right, "wire");
            bringUp(left, LEFT_V4, LEFT_V6);
            bringUp(right, RIGHT_V4, RIGHT_V6);
        }
        return pair;
    }

    private static void bringUp(RouteNetlink host, InetAddress v4, InetAddress v6) {
        host.setUp(host.link("lo").index(), true);
        int wire = host.link("wire").index();
        host.addAddress(LinkAddress.global(wire, v4, 24));
        host.addAddress(LinkAddress.global(wire, v6, 64));
        host.setUp(wire, true);
    }

    public static InetAddress ip(int a, int b, int c, int d) {
        return IpBytes.address(new byte[] {(byte) a, (byte) b, (byte) c, (byte) d});
    }

    /** fd77::last. */
    public static InetAddress v6(int last) {
        byte[] bytes = new byte[IpBytes.IPV6_BYTES];
        bytes[0] = (byte) 0xfd;
        bytes[1] = 0x77;
        bytes[15] = (byte) last;
        return IpBytes.address(bytes);
    }

    @Override
    public void close() {
        left.close();
        right.close();
    }
}
