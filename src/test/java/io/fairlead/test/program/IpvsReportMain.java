package io.fairlead.test.program;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.cluster.model.IpAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What {@code ipvs-report} says on a node as kube-proxy's mode ipvs leaves it: its link, virtual servers with a stale and a
 * missing endpoint, one of another program, connections, and a process that uses an address of Services. Started on a
 * kernel that has IPVS.
 *
 * <p>Confined to the main thread.
 */
public final class IpvsReportMain {

    private static final int TAKEN_PORT = 9000;

    private static final List<String> NODE = List.of(
            "ip link add kube-ipvs0 type dummy",
            "ip address add 172.30.0.41/32 dev kube-ipvs0",
            "ip address add 172.30.0.50/32 dev kube-ipvs0",
            "ip address add 192.168.7.1/32 dev lo",
            "ipvsadm -A -t 172.30.0.41:80 -s lc",
            "ipvsadm -a -t 172.30.0.41:80 -r 10.180.0.1:8080 -m",
            "ipvsadm -a -t 172.30.0.41:80 -r 10.180.0.9:8080 -m",
            "ipvsadm -A -t 192.168.0.1:30080 -s lc",
            "ipvsadm -a -t 192.168.0.1:30080 -r 10.180.0.1:8080 -m",
            "ipvsadm -a -t 192.168.0.1:30080 -r 10.180.1.1:8080 -m",
            "ipvsadm -A -t 172.30.0.50:7 -s lc",
            "ipvsadm -a -t 172.30.0.50:7 -r 10.180.0.1:7007 -m",
            "ipvsadm -A -t 192.168.0.1:30007 -s lc",
            "ipvsadm -a -t 192.168.0.1:30007 -r 10.180.0.1:7007 -m",
            "ipvsadm -A -t 10.99.0.1:3306 -s wlc");

    private static final String CONFIG = """
            apiVersion: kubeproxy.config.k8s.io/v1alpha1
            kind: KubeProxyConfiguration
            mode: ipvs
            clusterCIDR: 10.0.0.0/8
            ipvs: {scheduler: lc, strictARP: true, excludeCIDRs: [10.99.0.0/16]}
            """;

    private static final List<String> EXPECTED = List.of(
            "node node-1: kube-ipvs0 has 2 addresses, IPVS 5 virtual servers",
            "SERVICE       ABOUT            DIFFERENCE",
            "(the node)    addresses        ClusterIPs are not addresses of this node any more (2): no pings, and nothing"
                    + " on the node can bind to them",
            "(the node)    node-ports       then NodePorts answer processes of the node on loopback, too;"
                    + " nodePortAddresses [\"primary\"] leaves it out",
            "(the node)    strict-arp       not needed any more: Service addresses are on no link, so nobody answers ARP"
                    + " for them",
            "(the node)    time-outs        IPVS forgets silent connections: TCP after 900 s (conntrack N s), TCP after"
                    + " FIN after 120 s (conntrack N s), UDP after 300 s (conntrack N s); then conntrack's time-outs"
                    + " alone count",
            "(the node)    virtual-servers  no Service has 10.99.0.1:3306/tcp (wlc): in excludeCIDRs, so another"
                    + " program's; it stays, but not if somebody runs ipvsadm -C",
            "default/held  node-ports       node:30007/tcp: not on 192.168.7.1; nodePortAddresses [\"0.0.0.0/0\"] keeps"
                    + " them",
            "default/held  connections      IPVS carries 2 active and 0 inactive ones, which end when kube-ipvs0 goes:"
                    + " let them end before",
            "default/web   scheduler        lc: the endpoint with the fewest connections gets the next one; then each"
                    + " new connection goes to any of 2, by chance",
            "default/web   node-ports       node:30080/tcp: not on 192.168.7.1; nodePortAddresses [\"0.0.0.0/0\"] keeps"
                    + " them",
            "default/web   sockets          java (process N) is bound to 172.30.0.41:9000/tcp: the node will not have"
                    + " this address, so nobody gets there, and it cannot be bound again",
            "default/web   virtual-servers  172.30.0.41:80/tcp does not lead to 10.180.1.1:8080; then it does",
            "default/web   virtual-servers  172.30.0.41:80/tcp leads to 10.180.0.9:8080, which the Service does not"
                    + " have; then not",
            "Services: 2, with differences of their own: 2, without: 0",
            "");

    private IpvsReportMain() {}

    public static void main(String[] words) throws IOException {
        Path config = Files.writeString(Files.createTempFile("kube-proxy-", ".conf"), CONFIG);
        try (SampleNode node = new SampleNode();
                HeldConnections held = new HeldConnections(node.pods(), node.client())) {
            node.write("held.yaml", HeldConnections.MANIFEST);
            NODE.forEach(line -> node.tool(line.split(" ", -1)));
            held.open();
            try (ServerSocket _ = node.namespace().run(IpvsReportMain::taken)) {
                String before = kernel(node);
                Program.Ended report = Fairlead.runIn(
                        node.namespace(),
                        "ipvs-report",
                        "--manifests",
                        node.manifests().toString(),
                        "--config",
                        config.toString(),
                        "--node-name",
                        "node-1");
                System.out.println(report);
                assertEquals("", report.err());
                assertEquals(String.join("\n", EXPECTED), withoutNumbers(report.out()));
                assertEquals(1, report.exitCode());
                assertEquals(before, kernel(node), "it only reads");
            }
            held.expectAlive();
            held.end();
        }
    }

    private static ServerSocket taken() {
        try {
            InetAddress address =
                    InetAddress.getByAddress(IpAddress.parse("172.30.0.41").toBytes());
            return new ServerSocket(TAKEN_PORT, 1, address);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String kernel(SampleNode node) {
        return node.tool("ipvsadm", "--save", "-n") + node.tool("ip", "-4", "address") + node.rules();
    }

    private static String withoutNumbers(String report) {
        return report.replaceAll("process \\d+", "process N").replaceAll("conntrack \\d+ s", "conntrack N s");
    }
}
