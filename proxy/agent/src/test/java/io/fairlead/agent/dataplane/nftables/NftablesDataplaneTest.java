package io.fairlead.agent.dataplane.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.plan.NodePlanDelta;
import io.fairlead.agent.plan.NodePlanDelta.ServiceChange;
import io.fairlead.agent.plan.Plans;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.kernel.netns.NetNs;
import io.fairlead.kernel.nft.NetlinkNft;
import io.fairlead.kernel.nft.Nft;
import io.fairlead.kernel.nft.fake.FakeNftKernel;
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

    private static NodePlanDelta full(List<ServicePlan> plans) {
        List<ServiceChange> changes = new ArrayList<>();
        plans.forEach(plan -> changes.add(new ServiceChange(ServicePlan.nothing(plan.service()), plan)));
        return new NodePlanDelta(changes, PlaneRig.NOTHING, Plans.SETTINGS);
    }

    private static void appliesAndRestartsWithoutAChange(Nft first, Nft second, Runnable witness) {
        NftablesDataplane dataplane = new NftablesDataplane(first, first.supportsOwnedPersistentTables(), _ -> {});
        SyncResult cold = dataplane.apply(full(EveryKind.plans()));
        assertEquals(List.of(), cold.failures());
        NodePlanDelta nothing = new NodePlanDelta(List.of(), Plans.SETTINGS, Plans.SETTINGS);
        assertEquals(0, dataplane.apply(nothing).transactions(), "nothing changed, nothing sent");
        witness.run();
        dataplane.close();

        NftablesDataplane restarted = new NftablesDataplane(second, second.supportsOwnedPersistentTables(), _ -> {});
        SyncResult takenOver = restarted.apply(full(EveryKind.plans()));
        assertEquals(List.of(), takenOver.failures());
        assertEquals(0, takenOver.elements(), "a restart finds everything as it should be");
        NodePlanDelta gone = new NodePlanDelta(
                EveryKind.plans().stream()
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
