package io.fairlead.lab.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.fairlead.kernel.netns.NetNs;
import io.fairlead.kernel.route.Link;
import io.fairlead.kernel.route.RouteNetlink;
import io.fairlead.lab.run.LabRun;
import io.fairlead.lab.traffic.Answer;
import io.fairlead.lab.traffic.PodServers;
import io.fairlead.lab.traffic.Probe;
import io.fairlead.lab.traffic.ProbeResult;
import io.fairlead.lab.traffic.Transport;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabTest {

    private static final Topology TOPOLOGY = Topology.of(2, 2);

    private final Path base;

    LabTest(@TempDir Path temporary) {
        base = temporary.resolve("runs");
    }

    @Test
    void everyHostReachesEveryPodByItsOwnAddress() {
        try (LabRun run = LabRun.start(base);
                Lab lab = Lab.build(run, TOPOLOGY);
                PodServers servers = PodServers.start()) {
            TOPOLOGY.pods().forEach(pod -> servers.serve(lab.host(pod)));
            Stream<HostSpec> nodes = TOPOLOGY.nodes().stream().map(NodeSpec::host);
            List<HostSpec> clients = Stream.of(Stream.of(Topology.OUTSIDE), nodes, TOPOLOGY.pods().stream())
                    .flatMap(hosts -> hosts)
                    .toList();
            for (HostSpec client : clients) {
                for (HostSpec pod : TOPOLOGY.pods()) {
                    for (Transport transport : List.of(Transport.HTTP, Transport.UDP)) {
                        for (InetAddress address : List.<InetAddress>of(
                                pod.addresses().v4(), pod.addresses().v6())) {
                            reaches(lab, client, pod, Probe.of(transport, address, transport.podPort()));
                        }
                    }
                }
            }
        }
    }

    private static void reaches(Lab lab, HostSpec client, HostSpec pod, Probe probe) {
        String flow = client.name() + " -> " + probe.transport() + " " + probe.target();
        ProbeResult result = probe.from(lab.host(client));
        Answer answer =
                assertInstanceOf(ProbeResult.Answered.class, result, flow).answer();
        assertEquals(pod.name(), answer.pod(), flow);
        boolean ownNode = TOPOLOGY.nodeOf(pod).host().equals(client);
        DualStack expected = ownNode ? TOPOLOGY.nodeOf(pod).gateway() : client.addresses();
        assertEquals(expected.like(answer.source()), answer.source(), flow);
    }

    @Test
    void nothingIsLeftBehind() {

        List<Link> linksBefore = linksHere();
        LabRun run = LabRun.start(base);
        String prefix = run.namespaceName("");
        Lab lab = Lab.build(run, TOPOLOGY);
        assertEquals(8, ours(prefix).size(), "two nodes, four pods, a router and a client");
        assertEquals(linksBefore, linksHere(), "the caller's namespace is left alone while the lab stands");
        lab.close();
        run.close();
        assertEquals(List.of(), ours(prefix));

        assertEquals(linksBefore, linksHere());
        assertFalse(Files.exists(base), "files are left");
    }

    private static List<String> ours(String prefix) {
        return NetNs.names().stream().filter(name -> name.startsWith(prefix)).toList();
    }

    private static List<Link> linksHere() {
        try (RouteNetlink route = RouteNetlink.open()) {
            return route.links();
        }
    }
}
