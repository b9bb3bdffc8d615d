package io.fairlead.agent.dataplane.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.plan.Plans;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.Service;
import io.fairlead.kernel.nft.NftOperation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A change costs in proportion to the change: elements and steps that are sent, counted.
 *
 * <p>Confined to the test thread.
 */
class ChangeCostTest {

    private static final String POD = "10.180.255.77";

    private final PlaneRig rig = new PlaneRig();
    private final Service bystander =
            Plans.service("bystander", "172.30.0.99").nodePort(30099).build();

    @BeforeEach
    void other() {
        rig.set(bystander, "10.180.255.1@node-1", "10.180.255.2@node-2");
    }

    /** Endpoints elsewhere with these numbers. */
    private static String[] endpoints(int from, int to) {
        List<String> endpoints = new ArrayList<>();
        for (int i = from; i < to; i++) {
            endpoints.add("10.180." + i / 250 + "." + (1 + i % 250) + "@node-2");
        }
        return endpoints.toArray(String[]::new);
    }

    private long structureSteps() {
        return rig.nft.applied().stream()
                .flatMap(transaction -> transaction.operations().stream())
                .filter(operation -> !(operation instanceof NftOperation.Elements))
                .count();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 1000})
    void replacedEndpointIsOneElementReplaced(int count) {
        Service web = Plans.service("web", "172.30.0.41").build();
        rig.set(web, endpoints(0, count));
        SyncResult result = rig.set(web, endpoints(1, count + 1));
        assertEquals(1, result.elements());
        assertEquals(1, result.transactions());
        assertEquals(2, rig.nft.elements(), "one deleted, one added");
        assertEquals(0, structureSteps());
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 5, 1000})
    void scalingCostsAHandful(int count) {
        Service web = Plans.service("web", "172.30.0.41").build();
        rig.set(web, endpoints(0, count));
        String[] fewer = endpoints(1, count);
        rig.set(web, fewer);
        assertTrue(rig.nft.elements() <= 8, rig.nft.elements() + " elements to go down");
        assertTrue(structureSteps() <= 5, structureSteps() + " other steps to go down");
        assertEquals(count - 1, rig.outcomes(POD, "172.30.0.41", 80).split(" ").length);
        rig.set(web, endpoints(0, count));
        assertTrue(rig.nft.elements() <= 8, rig.nft.elements() + " elements to go up");
        assertTrue(structureSteps() <= 5, structureSteps() + " other steps to go up");
        assertEquals(count, rig.outcomes(POD, "172.30.0.41", 80).split(" ").length);
    }

    /** The kernel looks at all elements of a map when a rule that refers to it comes. */
    @ParameterizedTest
    @ValueSource(ints = {5, 17, 1000})
    void endpointThatComesAgainBringsNoRule(int count) {
        Service web = Plans.service("web", "172.30.0.41").build();
        rig.set(web, endpoints(0, count));
        rig.set(web, endpoints(0, count + 1));
        rig.set(web, endpoints(0, count));
        assertEquals(0, structureSteps());
        rig.set(web, endpoints(0, count + 1));
        assertEquals(0, structureSteps());
        assertEquals(count + 1, rig.outcomes(POD, "172.30.0.41", 80).split(" ").length);
    }

    @Test
    void chainsThatNobodyUsesAreBounded() {
        Service web = Plans.service("web", "172.30.0.41").build();
        for (int count = 20; count < 120; count++) {
            rig.set(web, endpoints(0, count));
        }
        // One is in use, and each of the others served a larger Service later than those that are gone.
        assertEquals(
                64 + 1,
                rig.table(IpFamily.IPV4)
                        .lines()
                        .filter(line -> line.matches("\\s*chain masquerade-unless-pod-(1[7-9]|[2-9][0-9]|[0-9]{3}) .*"))
                        .count());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 1000})
    void replacedEndpointWithAffinityCostsAHandful(int count) {
        Service web = Plans.service("web", "172.30.0.41").affinity(600).build();
        rig.set(web, endpoints(0, count));
        rig.set(web, endpoints(1, count + 1));
        assertTrue(rig.nft.elements() <= 4, rig.nft.elements() + " elements");
        assertEquals(0, structureSteps());
    }

    @Test
    void everyFrontendHasItsOwnBackends() {
        Service web = Plans.service("web", "172.30.0.41")
                .nodePort(30080)
                .loadBalancer("5.6.7.8")
                .build();
        rig.set(web, endpoints(0, 5));
        SyncResult result = rig.set(web, endpoints(1, 6));
        assertEquals(3, result.elements());
        assertEquals(1, result.transactions());
    }

    @Test
    void nothingChangedIsNoMessage() {
        long before = rig.kernel.counts().transactions() + rig.kernel.counts().reads();
        SyncResult result = rig.apply();
        assertEquals(0, result.transactions());
        result = rig.set(bystander, "10.180.255.2@node-2", "10.180.255.1@node-1");
        assertEquals(0, result.transactions(), "the same endpoints in another order");
        assertEquals(
                before, rig.kernel.counts().transactions() + rig.kernel.counts().reads());
    }

    @Test
    void readinessThatChangesNoListIsNoMessage() {
        Service web = Plans.service("web", "172.30.0.41").build();
        rig.applyClean(PlaneRig.plan(
                web,
                Plans.slice(
                        web,
                        List.of(
                                Plans.endpoint("10.180.0.1", true, true, false, "node-1"),
                                Plans.endpoint("10.180.0.2", false, false, false, "node-1")))));
        SyncResult result = rig.applyClean(PlaneRig.plan(
                web,
                Plans.slice(
                        web,
                        List.of(
                                Plans.endpoint("10.180.0.1", true, true, false, "node-1"),
                                Plans.endpoint("10.180.0.2", false, true, true, "node-1")))));
        assertEquals(0, result.transactions());
    }

    @Test
    void addressThatMovesBetweenServicesIsReplaced() {
        Service a = Plans.service("a", "172.30.0.1").loadBalancer("5.6.7.8").build();
        Service b = Plans.service("b", "172.30.0.2").build();
        Service aWithout = Plans.service("a", "172.30.0.1").build();
        Service bWith = Plans.service("b", "172.30.0.2").loadBalancer("5.6.7.8").build();
        rig.applyClean(PlaneRig.plan(a, "10.180.0.1@node-2"), PlaneRig.plan(b, "10.180.0.2@node-2"));
        rig.applyClean(PlaneRig.plan(aWithout, "10.180.0.1@node-2"), PlaneRig.plan(bWith, "10.180.0.2@node-2"));
        assertEquals("10.180.0.2*", rig.outcomes(POD, "5.6.7.8", 80));
        assertEquals(2, rig.nft.elements(), "one backend replaced");
        assertEquals(1, rig.nft.applied().size());
    }

    @Test
    void deletingEverythingLeavesTheFixedObjectsOnly() {
        PlaneRig fresh = new PlaneRig();
        fresh.applyClean();
        Service sticky = Plans.service("sticky", "172.30.0.42", "fd00:172:30::42")
                .nodePort(30042)
                .affinity(600)
                .build();
        Service local = Plans.service("local", "172.30.0.43")
                .nodePort(30043)
                .loadBalancer("5.6.7.8")
                .externalLocal()
                .sourceRange("203.0.113.0/24")
                .build();
        rig.set(sticky, "10.180.0.1@node-1", "10.180.0.2@node-2");
        rig.set(local, "10.180.0.1@node-1", "10.180.0.2@node-2");
        rig.connect(POD, "172.30.0.42", 80, 0);
        rig.remove(bystander, sticky, local);
        assertEquals(fresh.tables(), rig.tables());
    }
}
