package io.fairlead.test.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.fairlead.lab.hollow.HollowChange;
import io.fairlead.lab.hollow.HollowChange.Verb;
import io.fairlead.lab.hollow.HollowManifest;
import io.fairlead.lab.hollow.HollowObject;
import io.fairlead.lab.hollow.HollowServer;
import io.fairlead.test.Poll;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * From the real kube-proxy in mode ipvs, which runs beside the agent for a while, to mode ipvs and from there to mode
 * nftables, or to mode nftables at once; while clients connect and connections go on.
 *
 * <p>Confined to the main thread.
 */
public final class FromIpvsMain implements AutoCloseable {

    private static final Duration READY_MAX = Duration.ofSeconds(30);
    private static final Duration SYNC_MAX = Duration.ofSeconds(30);
    private static final Duration STOP_MAX = Duration.ofSeconds(10);
    private static final String THEIRS = "kube-ipvs0";
    private static final Pattern MASQUERADES = Pattern.compile("(?m)^-A KUBE-POSTROUTING .*-j MASQUERADE");
    private static final String LATER_ADDRESS = "172.30.0.60";

    /** What comes while both run, and only kube-proxy hears of. */
    private static final String LATER = """
            apiVersion: v1
            kind: Service
            metadata: {name: later, namespace: default}
            spec: {type: ClusterIP, clusterIP: %s, ports: [{port: 80, targetPort: 8080}]}
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: later-1, namespace: default, labels: {kubernetes.io/service-name: later}}
            addressType: IPv4
            ports: [{port: 8080}]
            endpoints: [{addresses: [10.180.0.1], nodeName: node-1}]
            """.formatted(LATER_ADDRESS);

    private final SampleNode node = new SampleNode();
    private final HeldConnections held = new HeldConnections(node.pods(), node.client());
    private final HollowServer server;
    private final Program kubeProxy;

    private FromIpvsMain(String program) {
        node.write("held.yaml", HeldConnections.MANIFEST);
        server = node.namespace()
                .run(() -> HollowServer.start(
                        objects(node.manifests()), new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        kubeProxy = node.start(KubeProxyLine.ipvs(program, server.url(), "node-1", "10.0.0.0/8"));
        awaitServed(SampleNode.CLUSTER_ADDRESS + ":80", SampleNode.NODE_ADDRESS + ":30080");
        awaitServed(HeldConnections.ADDRESS + ":" + HeldConnections.PORT);
        awaitServed(SampleNode.NODE_ADDRESS + ":" + HeldConnections.NODE_PORT);
        // It fills its chains last; a connection that the kernel does not track yet would not survive that.
        Poll.until(
                "kube-proxy masquerades",
                SYNC_MAX,
                () -> MASQUERADES
                        .matcher(node.tool("iptables-save", "-t", "nat"))
                        .find());
        node.expectRouted();
    }

    /** @param words the file of kube-proxy, and the mode that takes over from it */
    public static void main(String[] words) {
        try (FromIpvsMain node = new FromIpvsMain(words[0])) {
            switch (words[1]) {
                case "ipvs" -> node.toIpvs();
                case "nftables" -> node.toNftables();
                default -> throw new IllegalArgumentException(words[1]);
            }
        }
    }

    private static List<HollowObject> objects(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            List<HollowObject> objects = new ArrayList<>();
            for (Path file : files.toList()) {
                objects.addAll(HollowManifest.parse(Files.readString(file)));
            }
            return objects;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Virtual servers with endpoints. */
    private void awaitServed(String... addresses) {
        for (String address : addresses) {
            try {
                Poll.until(
                        "IPVS has " + address,
                        SYNC_MAX,
                        () -> node.tool("ipvsadm", "-S", "-n").contains("-a -t " + address + " -r 10.180.0.1:"));
            } catch (AssertionError e) {
                throw new AssertionError(e.getMessage() + "\n" + kubeProxy.log(), e);
            }
        }
    }

    private void toIpvs() {
        held.open();
        try (ConnectingClients clients = new ConnectingClients(node)) {
            Program agent = start("ipvs");
            goOnWithoutKubeProxy();
            // What kube-proxy wrote last, moments ago, is no reason to take it away.
            cleanUp();
            held.expectAlive();
            held.open();
            clients.expectNoFailure();
            agent.signal("TERM");
            agent.awaitEnd(STOP_MAX);
            start("nftables");
            held.open();
            clients.expectNoFailure();
            System.out.println(clients.answered() + " answered, " + held.size() + " held");
        }
    }

    private void toNftables() {
        held.open();
        try (ConnectingClients clients = new ConnectingClients(node)) {
            start("nftables");
            goOnWithoutKubeProxy();
            clients.expectNoFailure();
            held.expectAlive();
            int beforeTheLink = held.size();
            held.end();
            cleanUp();
            held.open();
            clients.expectNoFailure();
            System.out.println(clients.answered() + " answered, " + beforeTheLink + " held");
        }
    }

    private Program start(String mode) {
        List<String> line = new ArrayList<>(node.agentLine());
        line.addAll(List.of("--mode", mode));
        Program agent = node.start(line);
        agent.awaitText("ready:", READY_MAX);
        return agent;
    }

    /** kube-proxy writes all that it has once more, and is ended. */
    private void goOnWithoutKubeProxy() {
        held.open();
        server.apply(HollowManifest.parse(LATER).stream()
                .map(object -> new HollowChange(Verb.ADDED, object))
                .toList());
        awaitServed(LATER_ADDRESS + ":80");
        held.open();
        kubeProxy.signal("TERM");
        kubeProxy.awaitEnd(STOP_MAX);
    }

    private void cleanUp() {
        Program.Ended cleaned = Fairlead.runIn(node.namespace(), "cleanup", "--kube-proxy");
        assertEquals(0, cleaned.exitCode(), cleaned::toString);
        assertFalse(node.tool("ip", "link").contains(THEIRS), cleaned::toString);
        assertFalse(cleaned.out().contains("nothing routes Services here"), cleaned::toString);
        System.out.print(cleaned.out());
    }

    @Override
    public void close() {
        held.close();
        server.close();
        node.close();
    }
}
