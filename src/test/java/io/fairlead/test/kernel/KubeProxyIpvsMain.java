package io.fairlead.test.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.dataplane.ipvs.DummyLink;
import io.fairlead.agent.neighbour.KubeProxyLeftovers;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.IpBytes;
import io.fairlead.kernel.ipset.IpSets;
import io.fairlead.kernel.ipvs.Ipvs;
import io.fairlead.kernel.ipvs.IpvsOperation.AddVirtualServer;
import io.fairlead.kernel.ipvs.IpvsOperation.ChangeVirtualServer;
import io.fairlead.kernel.ipvs.NetlinkIpvs;
import io.fairlead.kernel.ipvs.VirtualServer;
import io.fairlead.kernel.ipvs.VirtualServerKey;
import io.fairlead.kernel.netns.NetNs;
import io.fairlead.kernel.route.LinkAddress;
import io.fairlead.kernel.route.RouteNetlink;
import io.fairlead.lab.hollow.HollowAddresses;
import io.fairlead.lab.hollow.HollowCluster;
import io.fairlead.lab.hollow.HollowServer;
import io.fairlead.lab.hollow.HollowShape;
import io.fairlead.test.Poll;
import io.fairlead.test.netns.Tool;
import io.fairlead.test.program.KubeProxyLine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a real kube-proxy in mode ipvs leaves is removed, and what somebody else has in IPVS stays. The node is the kernel
 * on which this runs, so it must be one that ends afterwards.
 *
 * <p>Confined to the main thread.
 */
final class KubeProxyIpvsMain {

    private static final int SERVICES = 40;
    /** A tenth of all are NodePorts, as many LoadBalancers, as many NodePorts of policy Local; of both families. */
    private static final HollowShape SHAPE = new HollowShape(SERVICES, 2, 0, 2, true, 10, 7);

    private static final int FIRST_NODE_PORT = 30_000;
    private static final int LAST_NODE_PORT = FIRST_NODE_PORT + 19;
    private static final String NODE = "172.20.0.1";
    private static final String NODE6 = "fd00:172:20::1";
    private static final String ELSEWHERE = "198.51.100.9";
    private static final int TCP = 6;
    private static final int UDP = 17;
    /** Between two looks of an agent. */
    private static final Duration LOOK = Duration.ofSeconds(5);

    private static final Duration SYNC_MAX = Duration.ofMinutes(5);

    private final NetNs node = NetNs.current();
    private final RouteNetlink route = RouteNetlink.open();
    private final Ipvs ipvs = NetlinkIpvs.open();
    private final IpSets sets = IpSets.open();

    private KubeProxyIpvsMain() {}

    /** @param words the file of kube-proxy */
    public static void main(String[] words) {
        KubeProxyIpvsMain proofs = new KubeProxyIpvsMain();
        proofs.address("eth0", NODE, 24);
        proofs.address("eth0", NODE6, 64);
        proofs.serve(words[0]);
        proofs.itsOwnGoesAndAllElseStays();
        proofs.whatWeServeStays();
    }

    private void address(String link, String address, int bits) {
        int index =
                route.findLink(link).orElseGet(() -> route.createDummy(link)).index();
        route.setUp(index, true);
        route.addAddress(LinkAddress.global(index, inet(address), bits));
    }

    private static InetAddress inet(String address) {
        return IpBytes.address(IpAddress.parse(address).toBytes());
    }

    private static VirtualServerKey key(String address, int protocol, int port) {
        return new VirtualServerKey(inet(address), protocol, port);
    }

    private Set<VirtualServerKey> virtualServers() {
        return ipvs.virtualServers().stream().map(VirtualServer::key).collect(Collectors.toSet());
    }

    private void serve(String kubeProxy) {
        Path log = Path.of(System.getProperty("java.io.tmpdir"), "kube-proxy.log");
        try (HollowServer server = HollowServer.start(
                new HollowCluster(SHAPE), new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            Process proxy = new ProcessBuilder(KubeProxyLine.ipvs(
                            kubeProxy,
                            server.url(),
                            "hollow-1",
                            HollowAddresses.POD_RANGE + "," + HollowAddresses.POD_RANGE_6))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            // Of each family it writes the virtual servers first, and then the sets, member by member.
            Poll.until(
                    "kube-proxy has written everything",
                    SYNC_MAX,
                    () -> virtualServers().containsAll(expected())
                            && IntStream.rangeClosed(FIRST_NODE_PORT, LAST_NODE_PORT)
                                    .allMatch(this::isInSets));
            proxy.destroy();
            proxy.waitFor();
        } catch (AssertionError e) {
            Set<VirtualServerKey> missing = expected();
            missing.removeAll(virtualServers());
            throw new AssertionError(e.getMessage() + "; missing " + missing + "\n" + text(log), e);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private boolean isInSets(int port) {
        return sets.hasPort("KUBE-NODE-PORT-TCP", port) && sets.hasPort("KUBE-6-NODE-PORT-TCP", port);
    }

    private static String text(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** ClusterIPs, and NodePorts of both kinds on the node's addresses. */
    private static Set<VirtualServerKey> expected() {
        Set<VirtualServerKey> expected = new HashSet<>();
        for (int i = 0; i < SERVICES; i++) {
            expected.add(key(HollowAddresses.service(i, false), TCP, HollowAddresses.PORT));
            expected.add(key(HollowAddresses.service(i, true), TCP, HollowAddresses.PORT));
        }
        for (int port = FIRST_NODE_PORT; port <= LAST_NODE_PORT; port++) {
            expected.add(key(NODE, TCP, port));
            expected.add(key(NODE6, TCP, port));
        }
        return expected;
    }

    private void itsOwnGoesAndAllElseStays() {
        // An address of the node with another port and with another protocol; and one that the node does not have.
        Set<VirtualServerKey> foreign = Set.of(
                key(NODE, TCP, 8080),
                key(NODE6, UDP, FIRST_NODE_PORT),
                key(NODE, UDP, FIRST_NODE_PORT),
                key(ELSEWHERE, TCP, FIRST_NODE_PORT),
                key(ELSEWHERE, TCP, 80));
        foreign.forEach(key -> ipvs.apply(new AddVirtualServer(VirtualServer.of(key, "rr", 0))));
        Tool.run(node, "ipvsadm", "-A", "-f", "77", "-s", "rr");
        Tool.run(node, "ipset", "create", "office", "hash:ip");
        int before = virtualServers().size();

        KubeProxyLeftovers.Removal removal = KubeProxyLeftovers.remove();

        System.out.println("removed: " + removal.removed());
        assertEquals(List.of(), removal.left());
        assertEquals(foreign, virtualServers());
        assertTrue(removal.removed().contains(before - foreign.size() + " IPVS virtual servers"), removal::toString);
        assertTrue(Tool.run(node, "ipvsadm", "-S", "-n").contains("-A -f 77"));
        assertEquals(Set.of("office"), sets.names());
        assertTrue(route.findLink("kube-ipvs0").isEmpty());
        String rules = Tool.run(node, "nft", "list", "ruleset");
        assertFalse(rules.contains("KUBE-"), rules);
        assertEquals(new KubeProxyLeftovers.Removal(List.of(), List.of()), KubeProxyLeftovers.remove());
    }

    /** Also on addresses that kube-proxy has, and on NodePorts. */
    private void whatWeServeStays() {
        String both = HollowAddresses.service(0, false);
        String theirs = HollowAddresses.service(1, false);
        for (String address : List.of(both, theirs)) {
            address("kube-ipvs0", address, 32);
        }
        address(DummyLink.NAME, both, 32);
        Tool.run(node, "ipset", "create", "KUBE-NODE-PORT-TCP", "bitmap:port", "range", "0-65535");
        Tool.run(node, "ipset", "add", "KUBE-NODE-PORT-TCP", FIRST_NODE_PORT + "-" + LAST_NODE_PORT);
        Set<VirtualServerKey> staying = new HashSet<>(virtualServers());
        for (VirtualServerKey ours : List.of(key(both, TCP, 80), key(NODE, TCP, FIRST_NODE_PORT))) {
            ipvs.apply(new AddVirtualServer(VirtualServer.of(ours, "rr", VirtualServer.SCHEDULER_3)));
            staying.add(ours);
        }
        for (VirtualServerKey gone :
                List.of(key(both, UDP, 53), key(theirs, TCP, 80), key(NODE, TCP, LAST_NODE_PORT))) {
            ipvs.apply(new AddVirtualServer(VirtualServer.of(gone, "rr", 0)));
        }

        // From this one kube-proxy took the flag moments before its end, and an agent gives it back.
        VirtualServerKey unmarked = key(both, TCP, 81);
        ipvs.apply(new AddVirtualServer(VirtualServer.of(unmarked, "rr", 0)));
        staying.add(unmarked);
        Thread agent = Thread.ofPlatform().start(() -> markAfterAWhile(unmarked));

        KubeProxyLeftovers.Removal removal = KubeProxyLeftovers.remove();

        try {
            agent.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertEquals(
                Set.of("3 IPVS virtual servers", "ipset KUBE-NODE-PORT-TCP", "link kube-ipvs0 with its addresses"),
                Set.copyOf(removal.removed()));
        assertEquals(List.of(), removal.left());
        assertEquals(staying, virtualServers());
    }

    private static void markAfterAWhile(VirtualServerKey key) {
        LockSupport.parkNanos(LOOK.toNanos());
        try (Ipvs agent = NetlinkIpvs.open()) {
            agent.apply(new ChangeVirtualServer(VirtualServer.of(key, "rr", VirtualServer.SCHEDULER_3)));
        }
    }
}
