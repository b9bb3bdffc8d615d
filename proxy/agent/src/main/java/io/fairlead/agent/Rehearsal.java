package io.fairlead.agent;

import io.fairlead.agent.dataplane.nftables.NftablesDataplane;
import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.NodeResolver;
import io.fairlead.cluster.ClusterChange;
import io.fairlead.cluster.ClusterDelta;
import io.fairlead.cluster.ClusterSink;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.ClusterStore;
import io.fairlead.cluster.model.Endpoint;
import io.fairlead.cluster.model.EndpointPort;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.Ipv4Address;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.cluster.model.Service;
import io.fairlead.cluster.model.ServicePort;
import io.fairlead.cluster.model.ServiceType;
import io.fairlead.cluster.model.TrafficPolicy;
import io.fairlead.kernel.nft.Nft;
import io.fairlead.kernel.nft.NftSet;
import io.fairlead.kernel.nft.NftTable;
import io.fairlead.kernel.nft.NftTableState;
import io.fairlead.kernel.nft.NftTransaction;
import io.fairlead.kernel.nft.NftVerdicts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Plans and renders a made-up cluster while a source still lists the real one, so that the code of a sync is loaded and
 * compiled when the first snapshot comes. A source that is done at once belongs to a small cluster, which needs none of
 * it. Nothing of it leaves the process.
 *
 * <p>Confined to its own thread.
 */
public final class Rehearsal implements Runnable {

    private static final Duration PATIENCE = Duration.ofMillis(150);

    /** More than the calls after which the JVM compiles a method. */
    static final int SERVICES = 300;

    private static final int ENDPOINTS = 5;
    private static final int FIRST_CLUSTER_IP = 0xac1e_0001;
    private static final int FIRST_ENDPOINT = 0x0a01_0000;

    private final AgentPolicy policy;
    private final BooleanSupplier wanted;

    /** @param wanted whether the source is still listing */
    public Rehearsal(AgentPolicy policy, BooleanSupplier wanted) {
        this.policy = policy;
        this.wanted = wanted;
    }

    @Override
    public void run() {
        LockSupport.parkNanos(PATIENCE.toNanos());
        Optional<SyncEngine.Step> _ = rehearse();
    }

    /** What was rehearsed; nothing if the source was done before. */
    Optional<SyncEngine.Step> rehearse() {
        CompletableFuture<ClusterSnapshot> snapshot = new CompletableFuture<>();
        try (ClusterStore store = new ClusterStore();
                Nft nowhere = new Nowhere()) {
            ClusterSink sink = store.register("rehearsal");
            store.subscribe((_, published) -> snapshot.complete(published));
            store.start();
            for (int i = 0; i < SERVICES && wanted.getAsBoolean(); i++) {
                sink.offer(new ClusterChange.Upsert(service(i)));
                sink.offer(new ClusterChange.Upsert(slice(i)));
            }
            sink.offer(new ClusterChange.Synced());
            return wanted.getAsBoolean() ? Optional.of(sync(snapshot.join(), nowhere)) : Optional.empty();
        }
    }

    private SyncEngine.Step sync(ClusterSnapshot snapshot, Nft nowhere) {
        SyncEngine engine = new SyncEngine(new NftablesDataplane(nowhere, true, _ -> {}), new NodeResolver(policy));
        return engine.apply(ClusterDelta.fromEmpty(snapshot), snapshot, Set.of());
    }

    private static Service service(int i) {
        return new Service(
                name(i),
                ServiceType.CLUSTER_IP,
                List.of(new Ipv4Address(FIRST_CLUSTER_IP + i)),
                List.of(new ServicePort("http", Protocol.TCP, 80, 0)),
                TrafficPolicy.CLUSTER,
                TrafficPolicy.CLUSTER,
                List.of(),
                List.of(),
                List.of(),
                0,
                0);
    }

    private static EndpointSlice slice(int i) {
        List<Endpoint> endpoints = new ArrayList<>(ENDPOINTS);
        for (int j = 0; j < ENDPOINTS; j++) {
            Ipv4Address address = new Ipv4Address(FIRST_ENDPOINT + i * ENDPOINTS + j);
            endpoints.add(new Endpoint(address, true, true, false, "node-" + j, List.of(), List.of()));
        }
        List<EndpointPort> ports = List.of(new EndpointPort("http", Protocol.TCP, 8080));
        return new EndpointSlice(name(i), name(i), IpFamily.IPV4, endpoints, ports);
    }

    private static ObjectName name(int i) {
        return new ObjectName("rehearsal", "service-" + i);
    }

    /**
     * Takes everything and keeps nothing.
     *
     * <p>Immutable.
     */
    private static final class Nowhere implements Nft {

        @Override
        public void apply(NftTransaction transaction) {}

        @Override
        public NftTableState read(NftTable table) {
            return NftTableState.ABSENT;
        }

        @Override
        public void readElements(NftTable table, NftSet set, NftVerdicts verdicts, ElementVisitor visitor) {}

        @Override
        public boolean supportsOwnedPersistentTables() {
            return true;
        }

        @Override
        public void close() {}
    }
}
