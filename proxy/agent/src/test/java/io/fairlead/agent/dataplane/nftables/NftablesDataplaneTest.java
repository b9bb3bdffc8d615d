package io.fairlead.agent.dataplane.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.plan.LocalPods;
import io.fairlead.agent.plan.NodePlanDelta;
import io.fairlead.agent.plan.NodePlanDelta.ServiceChange;
import io.fairlead.agent.plan.NodeSettings;
import io.fairlead.agent.plan.Plans;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.agent.plan.ServicePlanner;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.cluster.model.Service;
import io.fairlead.kernel.netns.NetNs;
import io.fairlead.kernel.nft.FakeNftKernel;
import io.fairlead.kernel.nft.NetlinkNft;
import io.fairlead.kernel.nft.Nft;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The nftables data plane against the fake kernel and the real one.
 *
 * <p>Confined to the test thread.
 */
final class NftablesDataplaneTest {

    private static final NodeSettings NOTHING = new NodeSettings(List.of(), new LocalPods.Unknown(), 0, List.of());

    private static ServicePlan plan(Service service, EndpointSlice... slices) {
        return ServicePlanner.plan(service, List.of(slices), Plans.NODE);
    }

    private static NodePlanDelta full(List<ServicePlan> plans) {
        List<ServiceChange> changes = new ArrayList<>();
        plans.forEach(plan -> changes.add(new ServiceChange(ServicePlan.nothing(plan.service()), plan)));
        return new NodePlanDelta(changes, NOTHING, Plans.SETTINGS);
    }

    private static List<ServicePlan> everyKind() {
        Service plain = Plans.service("plain", "172.30.0.41", "fd00:172:30::41").build();
        Service sticky = Plans.service("sticky", "172.30.0.42", "fd00:172:30::42")
                .nodePort(30042)
                .affinity(600)
                .build();
        Service local = Plans.service("local", "172.30.0.43")
                .nodePort(30043)
                .loadBalancer("5.6.7.8")
                .externalLocal()
                .sourceRange("203.0.113.0/24")
                .sourceRange("192.168.0.0/16")
                .build();
        Service empty = Plans.service("empty", "172.30.0.44")
                .port("dns", Protocol.UDP, 53, 0)
                .externalIp("192.168.99.22")
                .build();
        Service elsewhere = Plans.service("elsewhere", "172.30.0.45")
                .internalLocal()
                .port("a", Protocol.SCTP, 9000, 0)
                .build();
        return List.of(
                plan(
                        plain,
                        Plans.slice(plain, "10.180.0.1@node-1", "10.180.0.2@node-2"),
                        Plans.slice(plain, "fd00:10::1@node-1")),
                plan(
                        sticky,
                        Plans.slice(sticky, "10.180.0.3@node-1", "10.180.0.4@node-2", "10.180.0.5@node-2"),
                        Plans.slice(sticky, "fd00:10::3@node-1")),
                plan(local, Plans.slice(local, "10.180.0.6@node-1", "10.180.0.7@node-2")),
                plan(empty),
                plan(elsewhere, Plans.slice(elsewhere, "10.180.0.8@node-2")));
    }

    private static void appliesAndRestartsWithoutAChange(Nft first, Nft second, Runnable witness) {
        NftablesDataplane dataplane = new NftablesDataplane(first, first.supportsOwnedPersistentTables(), _ -> {});
        SyncResult cold = dataplane.apply(full(everyKind()));
        assertEquals(List.of(), cold.failures());
        NodePlanDelta nothing = new NodePlanDelta(List.of(), Plans.SETTINGS, Plans.SETTINGS);
        assertEquals(0, dataplane.apply(nothing).transactions(), "nothing changed, nothing sent");
        witness.run();
        dataplane.close();

        NftablesDataplane restarted = new NftablesDataplane(second, second.supportsOwnedPersistentTables(), _ -> {});
        SyncResult takenOver = restarted.apply(full(everyKind()));
        assertEquals(List.of(), takenOver.failures());
        assertEquals(0, takenOver.elements(), "a restart finds everything as it should be");
        NodePlanDelta gone = new NodePlanDelta(
                everyKind().stream()
                        .map(plan -> new ServiceChange(plan, ServicePlan.nothing(plan.service())))
                        .toList(),
                Plans.SETTINGS,
                Plans.SETTINGS);
        assertEquals(List.of(), restarted.apply(gone).failures());
        restarted.close();
    }

    @Test
    void appliesAndRestartsOnTheFake() {
        FakeNftKernel kernel = new FakeNftKernel(InstantSource.system());
        appliesAndRestartsWithoutAChange(kernel.open(), kernel.open(), () -> {});
    }

    @Test
    void appliesAndRestartsOnTheKernel() {
        try (NetNs namespace = NetNs.anonymous()) {
            namespace.run(() -> appliesAndRestartsWithoutAChange(
                    NetlinkNft.open(), NetlinkNft.open(), NftablesDataplaneTest::nftListsTheRuleset));
        }
    }

    /** Operators look at a broken node with nft: our rules must not make it abort. */
    private static void nftListsTheRuleset() {
        try {
            Process nft = new ProcessBuilder("nft", "list", "ruleset")
                    .redirectErrorStream(true)
                    .start();
            String text = new String(nft.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, nft.waitFor(), text);
            assertTrue(text.contains("map services"), text);
            assertTrue(text.contains("172.30.0.41 . tcp . 80"), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
