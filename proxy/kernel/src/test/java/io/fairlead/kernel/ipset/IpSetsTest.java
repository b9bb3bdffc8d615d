package io.fairlead.kernel.ipset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.kernel.IpBytes;
import io.fairlead.kernel.Libc;
import io.fairlead.kernel.netlink.NetlinkClient;
import io.fairlead.kernel.netlink.NetlinkProtocol;
import io.fairlead.kernel.netlink.NetlinkWriter;
import io.fairlead.kernel.netns.NetNs;
import io.fairlead.kernel.netns.Tool;
import java.net.InetAddress;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Names, members and removal of sets in the kernel. Confined to the test thread. */
class IpSetsTest {

    private static final int CREATE = 6 << 8 | 2;
    private static final int ADD = 6 << 8 | 9;
    private static final int NETWORK_ORDER = 1 << 14;
    private static final InetAddress ADDRESS = IpBytes.address(new byte[] {(byte) 192, (byte) 168, 0, 2});

    private final NetNs namespace = NetNs.anonymous();
    private final IpSets sets = namespace.run(IpSets::open);

    @AfterEach
    void leave() {
        sets.close();
        namespace.close();
    }

    /** As {@code ipset create NAME hash:ip} does it. */
    private void create(String name) {
        create(name, "hash:ip", data -> {});
    }

    private void create(String name, String type, Consumer<NetlinkWriter> options) {
        send(CREATE, name, options, writer -> {
            writer.putText(3, type);
            writer.putByte(4, type.equals("hash:ip,port") ? 1 : 0);
            writer.putByte(5, type.equals("bitmap:port") ? 0 : Libc.AF_INET);
        });
    }

    private void member(String name, Consumer<NetlinkWriter> data) {
        send(ADD, name, data, writer -> {});
    }

    private void send(int command, String name, Consumer<NetlinkWriter> data, Consumer<NetlinkWriter> rest) {
        try (NetlinkClient client = namespace.run(() -> NetlinkClient.open(NetlinkProtocol.NETFILTER))) {
            NetlinkWriter writer = client.begin(command, NetlinkClient.FLAG_CREATE | NetlinkClient.FLAG_EXCLUSIVE);
            writer.fixedByte(Libc.AF_INET);
            writer.fixedByte(0);
            writer.fixedNetworkShort(0);
            writer.putByte(1, 6);
            writer.putText(2, name);
            rest.accept(writer);
            int nested = writer.beginNested(7);
            data.accept(writer);
            writer.endNested(nested);
            client.execute("change", "ipset " + name);
        }
    }

    @Test
    void setsAreListedAndDestroyed() {
        assertEquals(Set.of(), sets.names());
        create("KUBE-CLUSTER-IP");
        create("KUBE-6-LOOP-BACK");
        create("foreign");
        assertEquals(Set.of("KUBE-CLUSTER-IP", "KUBE-6-LOOP-BACK", "foreign"), sets.names());
        assertTrue(sets.destroy("KUBE-CLUSTER-IP"));
        assertTrue(sets.destroy("KUBE-CLUSTER-IP"), "it is gone already");
        assertEquals(Set.of("KUBE-6-LOOP-BACK", "foreign"), sets.names());
    }

    /** As {@code ipset create NAME bitmap:port range 0-65535} does it. */
    private static void ports(NetlinkWriter data) {
        data.putNetworkShort(4 | NETWORK_ORDER, 0);
        data.putNetworkShort(5 | NETWORK_ORDER, 0xffff);
    }

    private static void port(NetlinkWriter data) {
        data.putNetworkShort(4 | NETWORK_ORDER, 30080);
    }

    private static void addressAndPort(NetlinkWriter data) {
        int ip = data.beginNested(1);
        data.putBytes(1 | NETWORK_ORDER, ADDRESS.getAddress());
        data.endNested(ip);
        data.putNetworkShort(4 | NETWORK_ORDER, 3868);
        data.putByte(7, 132);
    }

    @Test
    void membersAreFound() {
        create("ports", "bitmap:port", IpSetsTest::ports);
        member("ports", IpSetsTest::port);
        assertTrue(sets.hasPort("ports", 30080));
        assertFalse(sets.hasPort("ports", 30081));
        assertFalse(sets.hasPort("absent", 30080));
        create("addresses", "hash:ip,port", data -> {});
        member("addresses", IpSetsTest::addressAndPort);
        assertTrue(sets.hasPort("addresses", ADDRESS, 132, 3868));
        assertFalse(sets.hasPort("addresses", ADDRESS, 6, 3868));
        assertFalse(sets.hasPort("addresses", ADDRESS, 132, 3869));
        assertFalse(sets.hasPort("absent", ADDRESS, 132, 3868));
        assertFalse(sets.hasPort("addresses", 3868), "members of that set have addresses");
    }

    @Test
    void setThatARuleUsesStays() {
        create("used");
        namespace.run(() ->
                Tool.run("iptables-legacy", "-A", "INPUT", "-m", "set", "--match-set", "used", "src", "-j", "DROP"));
        assertFalse(sets.destroy("used"));
        assertEquals(Set.of("used"), sets.names());
    }
}
