package io.fairlead.cluster;

import static io.fairlead.cluster.model.EndpointSliceBuilder.slice;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.fairlead.cluster.model.Endpoint;
import io.fairlead.cluster.model.EndpointPort;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.Ipv4Address;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.cluster.model.ServiceBuilder;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A change costs in proportion to itself, and a large cluster fits a small heap. The figures go to the test's output. */
final class SnapshotCostTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void aChangeAllocatesTheSameInALargeClusterAsInASmallOne() {
        long small = bytesPerChange(10);
        long large = bytesPerChange(10_000);
        System.out.println("bytes allocated per change: " + small + " at 10 Services, " + large + " at 10,000");
        // Ten more levels of a balanced tree, each copied once: 40 bytes a level.
        assertTrue(large - small <= 1024, small + " bytes at 10 Services, " + large + " at 10,000");
    }

    private static long bytesPerChange(int services) {
        SnapshotBuilder builder = new SnapshotBuilder();
        for (int i = 0; i < services; i++) {
            builder.apply(new ClusterChange.Upsert(
                    ServiceBuilder.service("service-" + i).build()));
            builder.apply(new ClusterChange.Upsert(slice("slice-" + i, "service-" + i)
                    .endpoints("10.180.0.1", "10.180.0.2")
                    .build()));
        }
        builder.build();
        int changes = 20_000;
        List<ClusterChange> prepared = new ArrayList<>();
        for (int i = 0; i < changes; i++) {
            int service = (int) (i * 7919L % services);
            prepared.add(new ClusterChange.Upsert(slice("slice-" + service, "service-" + service)
                    .endpoints("10.180.0.1", "10.180.1." + i % 250, "10.181.0." + i / services % 250)
                    .build()));
        }
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (ClusterChange change : prepared) {
            builder.apply(change);
            builder.build();
        }
        return (THREADS.getCurrentThreadAllocatedBytes() - before) / changes;
    }

    @Test
    void aQuarterOfAMillionEndpointsTakeAtMost55BytesEach() {
        int services = 5_000;
        int each = 50;
        // Between looks with one and with three, so that what stays of building one counts for neither.
        List<ClusterSnapshot> held = new ArrayList<>(List.of(largeCluster(services, each)));
        long one = usedBytes();
        held.add(largeCluster(services, each));
        held.add(largeCluster(services, each));
        double perEndpoint;
        try {
            perEndpoint = (usedBytes() - one) / (2.0 * services * each);
        } finally {
            Reference.reachabilityFence(held);
        }
        System.out.printf("bytes per endpoint, Services and slices included: %.1f%n", perEndpoint);
        // An address alone takes 4: less would mean that nothing was measured.
        assertTrue(perEndpoint > 4 && perEndpoint <= 55, perEndpoint + " bytes per endpoint");
    }

    private static ClusterSnapshot largeCluster(int services, int each) {
        SnapshotBuilder builder = new SnapshotBuilder();
        List<String> nodes = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            nodes.add("node-" + i);
        }
        List<EndpointPort> ports = List.of(new EndpointPort("http", Protocol.TCP, 8080));
        for (int i = 0; i < services; i++) {
            builder.apply(new ClusterChange.Upsert(
                    ServiceBuilder.service("service-" + i).build()));
            List<Endpoint> endpoints = new ArrayList<>();
            for (int j = 0; j < each; j++) {
                Ipv4Address address = new Ipv4Address(0x0a000000 + i * each + j);
                String node = nodes.get((i * 31 + j * 7) % nodes.size());
                endpoints.add(new Endpoint(address, true, true, false, node, List.of(), List.of()));
            }
            builder.apply(new ClusterChange.Upsert(new EndpointSlice(
                    new ObjectName("default", "service-" + i + "-abcde"),
                    new ObjectName("default", "service-" + i),
                    IpFamily.IPV4,
                    endpoints,
                    ports)));
        }
        builder.build();
        return builder.built();
    }

    /** What is reachable: collected until two looks agree. */
    private static long usedBytes() {
        long last = Long.MAX_VALUE;
        while (true) {
            System.gc();
            long used =
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
            if (Math.abs(last - used) < 10_000) {
                return used;
            }
            last = used;
        }
    }
}
