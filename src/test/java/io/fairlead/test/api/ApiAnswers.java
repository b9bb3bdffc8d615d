package io.fairlead.test.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.lab.cluster.ServiceManifest;
import io.fairlead.lab.topology.DualStack;
import io.fairlead.lab.topology.Host;
import io.fairlead.lab.topology.HostSpec;
import io.fairlead.lab.traffic.FailureKind;
import io.fairlead.lab.traffic.Probe;
import io.fairlead.lab.traffic.ProbeResult;
import io.fairlead.lab.traffic.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * Who answers at the Services of a cluster, asked from pods.
 *
 * <p>Confined to the test thread.
 */
final class ApiAnswers {

    /** Longer than agents wait at most between two attempts to reach the API server. */
    static final Duration IN_FORCE = Duration.ofSeconds(25);

    private static final int PROBES = 24;

    private final ApiCluster cluster;

    ApiAnswers(ApiCluster cluster) {
        this.cluster = cluster;
    }

    /** A Service on port 80 with every pod behind it. */
    ServiceManifest service(String name, int last) {
        return ServiceManifest.of(name, DualStack.of("172.30.0." + last, "fd00:172:30::" + last), 80, Transport.HTTP)
                .endpoints(cluster.topology().pods());
    }

    static Set<String> names(List<HostSpec> pods) {
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
    void expect(ServiceManifest service, Set<String> who) {
        expect(service, who, IN_FORCE);
    }

    /** The same, for longer outages. */
    void expect(ServiceManifest service, Set<String> who, Duration longest) {
        expect(service.clusterAddress().v4(), who, longest);
        expect(service.clusterAddress().v6(), who, longest);
    }

    /** Waits until exactly these answer at an address, from a pod of each node. */
    void expect(InetAddress address, Set<String> who, Duration longest) {
        long deadline = System.nanoTime() + longest.toNanos();
        for (HostSpec pod : cluster.topology().pods().subList(0, 2)) {
            Host client = cluster.host(pod);
            Set<String> seen = answers(client, address);
            while (!seen.equals(who) && System.nanoTime() < deadline) {
                LockSupport.parkNanos(10_000_000);
                seen = answers(client, address);
            }
            assertEquals(who, seen, pod.name() + " -> " + address);
        }
    }

    /** Waits until no Service has the address any more: such addresses are dropped. */
    void awaitSilence(ServiceManifest service) {
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
}
