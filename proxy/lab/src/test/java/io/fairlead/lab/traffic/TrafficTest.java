package io.fairlead.lab.traffic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.lab.run.LabRun;
import io.fairlead.lab.topology.Host;
import io.fairlead.lab.topology.HostSpec;
import io.fairlead.lab.topology.Lab;
import io.fairlead.lab.topology.Topology;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TrafficTest {

    private static final Topology TOPOLOGY = Topology.of(1, 2);
    private static final HostSpec SERVER = TOPOLOGY.pods().getFirst();
    private static final HostSpec SILENT = TOPOLOGY.pods().getLast();
    private static final Duration SHORT = Duration.ofMillis(200);

    private final LabRun run;
    private final Lab lab;
    private final PodServers servers;

    TrafficTest(@TempDir Path base) {
        run = LabRun.start(base);
        lab = Lab.build(run, TOPOLOGY);
        servers = PodServers.start();
    }

    @BeforeAll
    void serve() {
        servers.serve(lab.host(SERVER));
    }

    @AfterAll
    void remove() {
        servers.close();
        lab.close();
        run.close();
    }

    @Test
    void loadKeepsItsRateAndCountsEveryAnswer() {
        InetSocketAddress target = new InetSocketAddress(SERVER.addresses().v4(), Transport.HTTP.podPort());
        var settings = new TrafficLoad.Settings(List.of(target), 500, Duration.ofSeconds(1), Duration.ofSeconds(20));
        List<Host> clients = List.of(lab.outside(), lab.host(SILENT));
        LoadReport report;
        try (TrafficLoad load = TrafficLoad.start(clients, settings)) {
            assertTrue(load.await(Duration.ofSeconds(30)), "the load does not end");
            report = load.finish();
        }
        assertEquals(500, report.started());
        assertEquals(Map.of(), report.failures());
        assertEquals(Map.of(SERVER.name(), 500L), report.byPod());
        Set<InetAddress> sources =
                Set.of(Topology.OUTSIDE.addresses().v4(), SILENT.addresses().v4());
        assertEquals(sources, report.sources());
        assertTrue(report.latencies().percentile(0.5).isPositive());
    }

    @Test
    void loadCountsFailuresByKind() {
        InetSocketAddress nobody = new InetSocketAddress(SILENT.addresses().v4(), Transport.HTTP.podPort());
        var settings = new TrafficLoad.Settings(List.of(nobody), 100, SHORT, Duration.ofSeconds(20));
        try (TrafficLoad load = TrafficLoad.start(List.of(lab.outside()), settings)) {
            assertEquals(Map.of(), load.report().byPod());
            assertTrue(load.await(Duration.ofSeconds(30)), "the load does not end");
            assertEquals(Map.of(FailureKind.REFUSED, 20L), load.report().failures());
        }
    }

    @Test
    void connectionIsHeldBetweenRequests() {
        try (HeldConnection held =
                HeldConnection.open(lab.outside(), SERVER.addresses().v6(), Transport.HTTP.podPort())) {
            for (int i = 0; i < 3; i++) {
                var answered = assertInstanceOf(ProbeResult.Answered.class, held.ask());
                assertEquals(
                        Answer.direct(
                                SERVER.name(), Topology.OUTSIDE.addresses().v6()),
                        answered.answer());
            }
        }
    }

    @Test
    void refusalIsToldFromSilenceAndFromNoRoute() {
        assertEquals(FailureKind.REFUSED, failure(Probe.http(SILENT.addresses().v4(), 8080)));
        assertEquals(FailureKind.REFUSED, failure(Probe.udp(SILENT.addresses().v6(), 5353)));
        InetAddress noPod = InetAddress.ofLiteral("10.180.1.200");
        assertEquals(FailureKind.UNREACHABLE, failure(Probe.http(noPod, 8080)));
        InetSocketAddress silence = new InetSocketAddress(InetAddress.ofLiteral("203.0.113.200"), 1);
        ProbeResult result = new Probe(Transport.UDP, silence, SHORT).from(lab.host(SERVER));
        assertEquals(
                FailureKind.TIMED_OUT,
                assertInstanceOf(ProbeResult.Failed.class, result).kind());
    }

    private FailureKind failure(Probe probe) {
        return assertInstanceOf(ProbeResult.Failed.class, probe.from(lab.outside()), probe.toString())
                .kind();
    }
}
