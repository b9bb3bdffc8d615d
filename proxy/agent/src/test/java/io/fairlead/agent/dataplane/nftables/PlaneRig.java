package io.fairlead.agent.dataplane.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.plan.LocalPods;
import io.fairlead.agent.plan.NodePlanDelta;
import io.fairlead.agent.plan.NodePlanDelta.ServiceChange;
import io.fairlead.agent.plan.NodeSettings;
import io.fairlead.agent.plan.Plans;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.agent.plan.ServicePlanner;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Service;
import io.fairlead.kernel.nft.fake.FakeNftKernel;
import io.fairlead.kernel.nft.fake.NftPrinter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A data plane on a fake kernel: takes Services, keeps their plans, and says where packets go.
 *
 * <p>Confined to the test thread.
 */
final class PlaneRig {

    static final NodeSettings NOTHING = new NodeSettings(List.of(), new LocalPods.Unknown(), 0, List.of());

    private final Map<ObjectName, ServicePlan> plans = new TreeMap<>();
    private Instant now = Instant.ofEpochSecond(1_000_000);

    final FakeNftKernel kernel = new FakeNftKernel((InstantSource) () -> now);
    /** What the kernel was told about routing its loopback network, with whether the guard stood then. */
    final List<String> loopback = new ArrayList<>();

    WatchedNft nft = new WatchedNft(kernel.open());
    private NftablesDataplane plane = open();
    private NodeSettings settingsBefore = NOTHING;
    NodeSettings settings = Plans.SETTINGS;

    private NftablesDataplane open() {
        return new NftablesDataplane(
                nft,
                true,
                permitted -> loopback.add(
                        permitted + (table(IpFamily.IPV4).contains("chain loopback-guard") ? " guarded" : " open")));
    }

    static ServicePlan plan(Service service, EndpointSlice... slices) {
        return ServicePlanner.plan(service, List.of(slices), Plans.NODE);
    }

    static ServicePlan plan(Service service, String... endpoints) {
        return plan(service, Plans.slice(service, endpoints));
    }

    /** Changes plans; each one replaces the plan of its Service. */
    SyncResult apply(ServicePlan... changed) {
        List<ServiceChange> changes = new ArrayList<>();
        for (ServicePlan plan : changed) {
            ServicePlan before = plans.getOrDefault(plan.service(), ServicePlan.nothing(plan.service()));
            changes.add(new ServiceChange(before, plan));
            if (plan.isNothing()) {
                plans.remove(plan.service());
            } else {
                plans.put(plan.service(), plan);
            }
        }
        nft.forget();
        SyncResult result = plane.apply(new NodePlanDelta(changes, settingsBefore, settings));
        settingsBefore = settings;
        return result;
    }

    /** As {@link #apply}, and nothing may be refused. */
    SyncResult applyClean(ServicePlan... changed) {
        SyncResult result = apply(changed);
        assertEquals(List.of(), result.failures());
        return result;
    }

    SyncResult set(Service service, String... endpoints) {
        return applyClean(plan(service, endpoints));
    }

    SyncResult remove(Service... services) {
        ServicePlan[] gone = new ServicePlan[services.length];
        for (int i = 0; i < gone.length; i++) {
            gone[i] = ServicePlan.nothing(services[i].name());
        }
        return applyClean(gone);
    }

    SyncResult settings(NodeSettings changed) {
        settings = changed;
        return applyClean();
    }

    /** The agent ends; changes of Services until {@link #start} are news to the next one. */
    void stop() {
        plane.close();
        nft = new WatchedNft(kernel.open());
        plane = open();
        settingsBefore = NOTHING;
    }

    /** Forgets a Service that went away, or learns of one, while no agent ran. */
    void whileStopped(ServicePlan... changed) {
        for (ServicePlan plan : changed) {
            plans.remove(plan.service());
            if (!plan.isNothing()) {
                plans.put(plan.service(), plan);
            }
        }
    }

    /** The first sync of a fresh agent. */
    SyncResult start() {
        ServicePlan[] all = plans.values().toArray(ServicePlan[]::new);
        plans.clear();
        return applyClean(all);
    }

    /** Compares everything with the kernel, as after a failure. */
    SyncResult repair() {
        plane.restart();
        settingsBefore = NOTHING;
        ServicePlan[] all = plans.values().toArray(ServicePlan[]::new);
        plans.clear();
        return apply(all);
    }

    void advance(long seconds) {
        now = now.plusSeconds(seconds);
    }

    String table(IpFamily family) {
        return NftPrinter.print(kernel, new Layout(family).table, Integer.MAX_VALUE);
    }

    /** The tables of both families as text. */
    String tables() {
        return table(IpFamily.IPV4) + table(IpFamily.IPV6);
    }

    /** As {@link PacketProbe#outcomes}. */
    String outcomes(String source, String destination, int port) {
        return new PacketProbe(kernel).outcomes(source, destination, port);
    }

    /** As {@link PacketProbe#connect}. */
    String connect(String source, String destination, int port, int random) {
        return new PacketProbe(kernel).connect(source, destination, port, random);
    }
}
