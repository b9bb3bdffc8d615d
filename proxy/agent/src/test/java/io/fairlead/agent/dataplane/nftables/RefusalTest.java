package io.fairlead.agent.dataplane.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.plan.FrontendKey;
import io.fairlead.agent.plan.Plans;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.cluster.model.Service;
import io.fairlead.kernel.Errno;
import io.fairlead.kernel.nft.NftOperation;
import io.fairlead.kernel.nft.NftSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What the kernel refuses stays as it was and is named; everything else is applied.
 *
 * <p>Confined to the test thread.
 */
class RefusalTest {

    private static final String POD = "10.180.255.77";
    private static final FrontendKey SECOND = new FrontendKey(IpAddress.parse("172.30.0.2"), 80, Protocol.TCP);

    private final PlaneRig rig = new PlaneRig();

    private static Service service(int number) {
        return Plans.service("s" + number, "172.30.0." + number).build();
    }

    private static ServicePlan plan(int number, int firstEndpoint, int endpoints) {
        String[] list = new String[endpoints];
        for (int i = 0; i < endpoints; i++) {
            list[i] = "10.180." + number + "." + (firstEndpoint + i) + "@node-2";
        }
        return PlaneRig.plan(service(number), list);
    }

    private String outcome(int number) {
        return rig.outcomes(POD, "172.30.0." + number, 80);
    }

    private void refuse(String set) {
        byte[] key = new Keys(IpFamily.IPV4).frontend(SECOND);
        rig.nft.refuse(operation -> WatchedNft.addsKey(operation, set, key));
    }

    @Test
    void refusedBackendHoldsItsFrontendBackAndNothingElse() {
        rig.applyClean(plan(1, 1, 1), plan(2, 1, 1), plan(3, 1, 1));
        refuse("endpoints");
        SyncResult result = rig.apply(plan(1, 1, 2), plan(2, 1, 2), plan(3, 1, 2), plan(4, 1, 2));
        assertEquals(1, result.failures().size(), result.failures().toString());
        assertEquals(Optional.of(SECOND), result.failures().getFirst().frontend());
        assertTrue(result.failures().getFirst().reason().contains("refused"));
        assertEquals("10.180.1.1 10.180.1.2", outcome(1));
        assertEquals("10.180.2.1", outcome(2), "as it was");
        assertEquals("10.180.3.1 10.180.3.2", outcome(3));
        assertEquals("10.180.4.1 10.180.4.2", outcome(4));
        rig.nft.refuse(_ -> false);
        rig.applyClean();
        assertEquals("10.180.2.1 10.180.2.2", outcome(2));
    }

    @Test
    void refusedFrontendLeavesOthers() {
        refuse("services");
        SyncResult result = rig.apply(plan(1, 1, 1), plan(2, 1, 1), plan(3, 1, 1));
        assertEquals(1, result.failures().size(), result.failures().toString());
        assertEquals(Optional.of(SECOND), result.failures().getFirst().frontend());
        assertEquals("10.180.1.1", outcome(1));
        assertEquals("reject", outcome(2), "its address is guarded");
        assertEquals("10.180.3.1", outcome(3));
    }

    @Test
    void transientRefusalOfTheWholeIsNoFailure() {
        rig.applyClean(plan(1, 1, 1));
        rig.kernel.failNext(Errno.ENOMEM);
        SyncResult result = rig.apply(plan(1, 1, 2), plan(2, 1, 3));
        assertEquals(List.of(), result.failures());
        assertEquals("10.180.1.1 10.180.1.2", outcome(1));
        assertEquals("10.180.2.1 10.180.2.2 10.180.2.3", outcome(2));
    }

    @Test
    void refusedChainHoldsOnlyTheFrontendsThatNeedIt() {
        rig.applyClean(plan(1, 1, 1), plan(2, 1, 1));
        rig.nft.refuse(operation -> operation instanceof NftOperation.AddChain add
                && add.chain().name().equals("masquerade-unless-pod-20"));
        SyncResult result = rig.apply(plan(1, 1, 20), plan(2, 1, 2));
        assertTrue(result.dirty());
        assertEquals("10.180.1.1", outcome(1), "as it was");
        assertEquals("10.180.2.1 10.180.2.2", outcome(2));
        rig.nft.refuse(_ -> false);
        rig.applyClean();
        assertEquals(20, outcome(1).split(" ", -1).length);
    }

    @Test
    void failureInOneFamilyLeavesTheOther() {
        rig.nft.refuse(operation -> operation instanceof NftOperation.Elements run
                && run.set().equals(new Layout(IpFamily.IPV6).clusterIps));
        Service dual = Plans.service("dual", "172.30.0.9", "fd00:172:30::9").build();
        SyncResult result = rig.apply(PlaneRig.plan(dual, "10.180.9.1@node-2"));
        assertEquals(1, result.failures().size());
        assertEquals("10.180.9.1", outcome(9));
    }

    private static ServicePlan[] manyPlans() {
        ServicePlan[] plans = new ServicePlan[200];
        for (int i = 0; i < plans.length; i++) {
            plans[i] = plan(i + 1, 1, 5);
        }
        return plans;
    }

    @Test
    void refusalsThatDoNotEndAreNotOnlyOnesOfFrontends() {
        NftSet endpoints = new Layout(IpFamily.IPV4).endpoints;
        rig.nft.refuse(operation ->
                operation instanceof NftOperation.Elements run && run.set().equals(endpoints));
        SyncResult result = rig.apply(manyPlans());
        assertTrue(result.transactions() < 200, result.transactions() + " transactions");
        assertTrue(
                result.failures().stream()
                        .anyMatch(failure -> failure.frontend().isEmpty()),
                "the frontends that nobody tried must not look well");
        assertEquals("drop", outcome(200), "not even its address was sent");
    }

    @Test
    void kernelThatRefusesEverythingIsLeftAloneSoon() {
        rig.nft.refuse(_ -> true);
        SyncResult result = rig.apply(manyPlans());
        assertTrue(result.dirty());
        assertTrue(result.transactions() < 200, result.transactions() + " transactions");
        assertFalse(rig.table(IpFamily.IPV4).contains("172.30"), "nothing half done");
        rig.nft.refuse(_ -> false);
        assertEquals(List.of(), rig.repair().failures());
        assertEquals("10.180.200.1 10.180.200.2 10.180.200.3 10.180.200.4 10.180.200.5", outcome(200));
    }
}
