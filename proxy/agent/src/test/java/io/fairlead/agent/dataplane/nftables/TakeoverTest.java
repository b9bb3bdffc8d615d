package io.fairlead.agent.dataplane.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.plan.Plans;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.Service;
import io.fairlead.kernel.nft.Nft;
import io.fairlead.kernel.nft.NftChain;
import io.fairlead.kernel.nft.NftOperation;
import io.fairlead.kernel.nft.NftSet;
import io.fairlead.kernel.nft.NftTransaction;
import io.fairlead.kernel.nft.NftType;
import io.fairlead.kernel.nft.NftVerdicts;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A fresh agent takes over what an earlier one left, by difference.
 *
 * <p>Confined to the test thread.
 */
class TakeoverTest {

    private static final String POD = "10.180.255.77";

    private final PlaneRig rig = new PlaneRig();
    private final Service web =
            Plans.service("web", "172.30.0.41").nodePort(30080).build();
    private final Service old = Plans.service("old", "172.30.0.42").affinity(60).build();
    private final Service ranged = Plans.service("ranged", "172.30.0.43")
            .nodePort(30043)
            .loadBalancer("5.6.7.8")
            .externalLocal()
            .sourceRange("10.0.0.0/8")
            .build();

    private void everything() {
        rig.set(web, "10.180.0.1@node-1", "10.180.0.2@node-2");
        rig.set(old, "10.180.0.3@node-1");
        rig.set(ranged, "10.180.0.4@node-1", "10.180.0.5@node-2");
    }

    @Test
    void sameServicesAreNoChange() {
        everything();
        String before = rig.tables();
        rig.stop();
        SyncResult result = rig.start();
        assertEquals(0, result.elements());
        assertEquals(2, result.transactions(), "each family's table is claimed");
        assertEquals(before, rig.tables());
    }

    @Test
    void leftoversAreRemovedAndTheRestStays() {
        everything();
        Service fresh = Plans.service("fresh", "172.30.0.44").build();
        rig.stop();
        rig.whileStopped(
                ServicePlan.nothing(old.name()),
                ServicePlan.nothing(ranged.name()),
                PlaneRig.plan(fresh, "10.180.0.6@node-2"));
        SyncResult result = rig.start();
        PlaneRig scratch = new PlaneRig();
        scratch.set(web, "10.180.0.1@node-1", "10.180.0.2@node-2");
        scratch.set(fresh, "10.180.0.6@node-2");
        assertEquals(scratch.tables(), rig.tables());
        assertTrue(result.elements() < 30, result.elements() + " elements");
        assertEquals("10.180.0.1 10.180.0.2", rig.outcomes(POD, "172.30.0.41", 80));
    }

    @Test
    void trafficGoesOnAtEveryBoundary() {
        everything();
        rig.stop();
        rig.whileStopped(PlaneRig.plan(web, "10.180.0.2@node-2", "10.180.0.7@node-2"));
        rig.nft.afterEach(() -> {
            String outcomes = rig.outcomes(POD, "172.30.0.41", 80);
            assertTrue(outcomes.equals("10.180.0.2 10.180.0.7") || outcomes.equals("10.180.0.1 10.180.0.2"), outcomes);
        });
        rig.start();
        assertEquals("10.180.0.2 10.180.0.7", rig.outcomes(POD, "172.30.0.41", 80));
    }

    /** What another version might have left. */
    private void leaveOtherLayout(NftChain version) {
        Layout layout = new Layout(IpFamily.IPV4);
        NftTransaction other = new NftTransaction(layout.table, new NftVerdicts());
        NftSet foreign = NftSet.map("services", List.of(NftType.IPV4_ADDR), NftType.MARK);
        other.addTable(true)
                .addChain(version)
                .addChain(NftChain.regular("ancient"))
                .addSet(foreign);
        other.addElement(foreign, new byte[] {1, 2, 3, 4}, new byte[4]);
        try (Nft before = rig.kernel.open()) {
            before.apply(other);
        }
    }

    private void everythingIsAsFromScratch() {
        everything();
        assertFalse(rig.table(IpFamily.IPV4).contains("ancient"), rig.table(IpFamily.IPV4));
        PlaneRig scratch = new PlaneRig();
        scratch.set(web, "10.180.0.1@node-1", "10.180.0.2@node-2");
        scratch.set(old, "10.180.0.3@node-1");
        scratch.set(ranged, "10.180.0.4@node-1", "10.180.0.5@node-2");
        assertEquals(scratch.tables(), rig.tables());
    }

    @Test
    void otherVersionIsReplaced() {
        leaveOtherLayout(NftChain.regular("layout-0"));
        everythingIsAsFromScratch();
    }

    @Test
    void sameVersionWithOtherSetsIsReplaced() {
        leaveOtherLayout(NftChain.regular(Layout.VERSION_CHAIN));
        everythingIsAsFromScratch();
    }

    @Test
    void replacementIsOneTransactionWithAllElements() {
        leaveOtherLayout(NftChain.regular("layout-0"));
        rig.stop();
        rig.whileStopped(PlaneRig.plan(web, "10.180.0.1@node-1"), PlaneRig.plan(ranged, "10.180.0.4@node-1"));
        rig.start();
        List<NftTransaction> v4 = rig.nft.applied().stream()
                .filter(transaction -> transaction.table().equals(new Layout(IpFamily.IPV4).table))
                .toList();
        assertEquals(1, v4.size());
        assertTrue(v4.getFirst().operations().contains(new NftOperation.DeleteTable()));
        assertEquals("10.180.0.1", rig.outcomes(POD, "172.30.0.41", 80));
    }

    @Test
    void flushByAnotherProgramIsRepaired() {
        everything();
        String before = rig.tables();
        Layout layout = new Layout(IpFamily.IPV4);
        rig.nft.apply(new NftTransaction(layout.table, new NftVerdicts()).deleteTable());
        assertEquals("pass", rig.outcomes(POD, "172.30.0.41", 80));
        SyncResult result = rig.repair();
        assertEquals(List.of(), result.failures());
        assertEquals(before, rig.tables());
    }

    @Test
    void ownedTablesOutliveTheirAgent() {
        everything();
        assertTrue(rig.table(IpFamily.IPV4).contains("flags owner,persist"), rig.table(IpFamily.IPV4));
        rig.stop();
        assertTrue(rig.table(IpFamily.IPV4).contains("flags persist"), rig.table(IpFamily.IPV4));
        assertEquals("10.180.0.1 10.180.0.2", rig.outcomes(POD, "172.30.0.41", 80));
    }
}
