package io.fairlead.test.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.IpBytes;
import io.fairlead.kernel.Sysctl;
import io.fairlead.kernel.ipvs.Ipvs;
import io.fairlead.kernel.ipvs.IpvsOperation;
import io.fairlead.kernel.ipvs.NetlinkIpvs;
import io.fairlead.kernel.ipvs.RealServer;
import io.fairlead.kernel.ipvs.RealServerKey;
import io.fairlead.kernel.ipvs.VirtualServer;
import io.fairlead.kernel.ipvs.VirtualServerKey;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Mode ipvs on a node as kube-proxy in its mode of that name left it, and from there to mode nftables, while clients
 * connect and connections go on.
 *
 * <p>Confined to the main thread.
 */
public final class FromIpvsMain {

    private static final Duration READY_MAX = Duration.ofSeconds(30);
    private static final Duration STOP_MAX = Duration.ofSeconds(10);
    private static final String THEIRS = "kube-ipvs0";
    private static final int TCP = 6;

    private FromIpvsMain() {}

    /** @param words none */
    public static void main(String[] words) {
        try (SampleNode node = new SampleNode();
                HeldConnections held = new HeldConnections(node.pods(), node.client())) {
            node.write("held.yaml", HeldConnections.MANIFEST);
            node.namespace().run(FromIpvsMain::balance);
            node.tool("ip", "link", "add", THEIRS, "type", "dummy");
            node.tool("ip", "address", "add", SampleNode.CLUSTER_ADDRESS + "/32", "dev", THEIRS);
            node.tool("ip", "address", "add", HeldConnections.ADDRESS + "/32", "dev", THEIRS);
            // kube-proxy's rules, too, let the kernel track connections.
            node.tool(
                    "iptables", "-t", "nat", "-A", "POSTROUTING", "-m", "mark", "--mark", "0x4000", "-j", "MASQUERADE");
            node.expectRouted();
            held.open();
            try (ConnectingClients clients = new ConnectingClients(node)) {
                Program agent = start(node, "ipvs");
                held.open();
                Program.Ended cleaned = Fairlead.runIn(node.namespace(), "cleanup", "--kube-proxy");
                assertEquals(0, cleaned.exitCode(), cleaned::toString);
                assertFalse(node.tool("ip", "link").contains(THEIRS), cleaned::toString);
                held.expectAlive();
                clients.expectNoFailure();
                agent.signal("TERM");
                agent.awaitEnd(STOP_MAX);
                start(node, "nftables");
                held.open();
                clients.expectNoFailure();
                System.out.println(clients.answered() + " answered, " + held.size() + " held");
            }
        }
    }

    private static Program start(SampleNode node, String mode) {
        List<String> line = new ArrayList<>(node.agentLine());
        line.addAll(List.of("--mode", mode));
        Program agent = node.start(line);
        agent.awaitText("ready:", READY_MAX);
        return agent;
    }

    /** As kube-proxy has it. */
    private static void balance() {
        try (Ipvs ipvs = NetlinkIpvs.open()) {
            for (String address : List.of(SampleNode.CLUSTER_ADDRESS, SampleNode.NODE_ADDRESS)) {
                int port = address.equals(SampleNode.CLUSTER_ADDRESS) ? 80 : 30080;
                add(ipvs, address, port, 8080, "10.180.0.1", "10.180.1.1");
            }
            add(ipvs, HeldConnections.ADDRESS, HeldConnections.PORT, 7007, "10.180.0.1");
            add(ipvs, SampleNode.NODE_ADDRESS, HeldConnections.NODE_PORT, 7007, "10.180.0.1");
            new Sysctl("net/ipv4/vs/conntrack").write(1);
        }
    }

    private static void add(Ipvs ipvs, String address, int port, int serverPort, String... servers) {
        VirtualServerKey key = new VirtualServerKey(address(address), TCP, port);
        ipvs.apply(new IpvsOperation.AddVirtualServer(VirtualServer.of(key, "rr", 0)));
        for (String server : servers) {
            RealServerKey real = new RealServerKey(address(server), serverPort);
            ipvs.apply(new IpvsOperation.AddRealServer(key, RealServer.of(real, 1)));
        }
    }

    private static InetAddress address(String text) {
        return IpBytes.address(IpAddress.parse(text).toBytes());
    }
}
