package io.fairlead.kernel.ipset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.kernel.Libc;
import io.fairlead.kernel.netlink.NetlinkClient;
import io.fairlead.kernel.netlink.NetlinkProtocol;
import io.fairlead.kernel.netlink.NetlinkWriter;
import io.fairlead.kernel.netns.NetNs;
import io.fairlead.kernel.netns.Tool;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Names and removal of sets in the kernel. Confined to the test thread. */
class IpSetsTest {

    private static final int CREATE = 6 << 8 | 2;

    private final NetNs namespace = NetNs.anonymous();
    private final IpSets sets = namespace.run(IpSets::open);

    @AfterEach
    void leave() {
        sets.close();
        namespace.close();
    }

    /** As {@code ipset create NAME hash:ip} does it. */
    private void create(String name) {
        try (NetlinkClient client = namespace.run(() -> NetlinkClient.open(NetlinkProtocol.NETFILTER))) {
            NetlinkWriter writer = client.begin(CREATE, NetlinkClient.FLAG_CREATE | NetlinkClient.FLAG_EXCLUSIVE);
            writer.fixedByte(Libc.AF_INET);
            writer.fixedByte(0);
            writer.fixedNetworkShort(0);
            writer.putByte(1, 6);
            writer.putText(2, name);
            writer.putText(3, "hash:ip");
            writer.putByte(4, 0);
            writer.putByte(5, Libc.AF_INET);
            writer.endNested(writer.beginNested(7));
            client.execute("create", "ipset " + name);
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

    @Test
    void setThatARuleUsesStays() {
        create("used");
        namespace.run(() ->
                Tool.run("iptables-legacy", "-A", "INPUT", "-m", "set", "--match-set", "used", "src", "-j", "DROP"));
        assertFalse(sets.destroy("used"));
        assertEquals(Set.of("used"), sets.names());
    }
}
