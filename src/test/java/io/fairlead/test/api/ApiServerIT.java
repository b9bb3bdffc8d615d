package io.fairlead.test.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.lab.cluster.AgentProcess;
import io.fairlead.lab.cluster.ServiceManifest;
import io.fairlead.lab.kube.Judges;
import io.fairlead.lab.topology.DualStack;
import io.fairlead.lab.topology.Host;
import io.fairlead.lab.topology.HostSpec;
import io.fairlead.lab.topology.Topology;
import io.fairlead.lab.traffic.FailureKind;
import io.fairlead.lab.traffic.LoadReport;
import io.fairlead.lab.traffic.Probe;
import io.fairlead.lab.traffic.ProbeResult;
import io.fairlead.lab.traffic.TrafficLoad;
import io.fairlead.lab.traffic.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the agents of a cluster do with a real API server, with the permissions that they are meant to have.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ApiServerIT {

    /** Longer than agents wait at most between two attempts to reach the API server. */
    private static final Duration IN_FORCE = Duration.ofSeconds(15);

    private static final int PROBES = 24;
    private static final Judges JUDGES =
            new Judges(Path.of("../../target/judges").toAbsolutePath().normalize());

    @TempDir
    private static Path base;

    private ApiCluster cluster;

    @BeforeAll
    void build() {
        long start = System.nanoTime();
        cluster = new ApiCluster(base, JUDGES, Topology.of(2, 2));
        System.out.printf("API server ready after %d ms%n", (System.nanoTime() - start) / 1_000_000);
        cluster.startAgents();
        System.out.printf("agents ready after %d ms%n", (System.nanoTime() - start) / 1_000_000);
    }

    @AfterAll
    void remove() {
        cluster.close();
    }

    private ServiceManifest service(String name, int last) {
        return ServiceManifest.of(name, DualStack.of("172.30.0." + last, "fd00:172:30::" + last), 80, Transport.HTTP)
                .endpoints(cluster.topology().pods());
    }

    private static Set<String> names(List<HostSpec> pods) {
        return pods.stream().map(HostSpec::name).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Who answers, or {@code REFUSED} and the like where nobody does. */
    private static Set<String> answers(Host client, InetAddress address) {
        Set<String> seen = new TreeSet<>();
        for (int i = 0; i < PROBES; i++) {
            switch (Probe.http(address, 80).from(client)) {
                case ProbeResult.Answered answered -> seen.add(answered.answer().pod());
                case ProbeResult.Failed failed -> seen.add(failed.kind().name());
            }
        }
        return seen;
    }

    /** Waits until exactly these answer on both families, from a pod of each node. */
    private void expect(ServiceManifest service, Set<String> who) {
        for (HostSpec pod : cluster.topology().pods().subList(0, 2)) {
            Host client = cluster.host(pod);
            for (InetAddress address : List.of(
                    service.clusterAddress().v4(), service.clusterAddress().v6())) {
                long deadline = System.nanoTime() + IN_FORCE.toNanos();
                Set<String> seen = answers(client, address);
                while (!seen.equals(who) && System.nanoTime() < deadline) {
                    LockSupport.parkNanos(10_000_000);
                    seen = answers(client, address);
                }
                assertEquals(who, seen, pod.name() + " -> " + address);
            }
        }
    }

    @Test
    void servicesAreRoutedAndFollowTheirEndpoints() {
        ServiceManifest web = service("web", 10);
        cluster.objects().put(web);
        expect(web, names(cluster.topology().pods()));
        ServiceManifest fewer = web.endpoints(cluster.topology().pods().subList(0, 1));
        cluster.objects().putSlices(fewer);
        expect(web, names(fewer.endpoints()));
        cluster.objects().putSlices(web.endpoints(List.of()));
        expect(web, Set.of("REFUSED"));
        cluster.objects().put(web);
        expect(web, names(cluster.topology().pods()));
        cluster.objects().delete(web);
        awaitSilence(web);
    }

    /** No Service has the address any more, and such addresses are dropped. */
    private void awaitSilence(ServiceManifest service) {
        Host client = cluster.host(cluster.topology().pods().getFirst());
        Probe probe = new Probe(
                Transport.HTTP, new InetSocketAddress(service.clusterAddress().v4(), 80), Duration.ofMillis(300));
        long deadline = System.nanoTime() + IN_FORCE.toNanos();
        ProbeResult result = probe.from(client);
        while (result instanceof ProbeResult.Answered && System.nanoTime() < deadline) {
            result = probe.from(client);
        }
        assertTrue(
                result instanceof ProbeResult.Failed failed && failed.kind() == FailureKind.TIMED_OUT,
                result::toString);
    }

    @Test
    void serverThatIsAwayHarmsNothingAndIsHeardAgain() throws InterruptedException {
        ServiceManifest shop = service("shop", 11);
        cluster.objects().put(shop);
        expect(shop, names(cluster.topology().pods()));
        List<InetSocketAddress> targets = List.of(
                new InetSocketAddress(shop.clusterAddress().v4(), 80),
                new InetSocketAddress(shop.clusterAddress().v6(), 80));
        List<Host> clients =
                cluster.topology().pods().stream().map(cluster::host).toList();
        try (TrafficLoad load = TrafficLoad.start(
                clients, new TrafficLoad.Settings(targets, 200, Duration.ofSeconds(8), Duration.ofSeconds(5)))) {
            cluster.control().killServer();
            assertFalse(load.await(Duration.ofSeconds(5)));
            cluster.control().restartServer();
            assertTrue(load.await(Duration.ofSeconds(20)));
            LoadReport report = load.finish();
            assertEquals(0, report.failed(), report::toString);
        }
        cluster.objects().putSlices(shop.endpoints(cluster.topology().pods().subList(1, 2)));
        long start = System.nanoTime();
        expect(shop, Set.of(cluster.topology().pods().get(1).name()));
        System.out.printf(
                "first change after the outage in force after %d ms%n", (System.nanoTime() - start) / 1_000_000);
    }

    @Test
    void permissionsOfTheRoleSuffice() throws IOException {
        for (AgentProcess agent : cluster.agents()) {
            String log = Files.readString(agent.folder().resolve("agent.log"));
            assertFalse(log.contains("403") || log.contains("orbidden"), log);
        }
    }
}
