package io.fairlead.agent.dataplane.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.plan.Plans;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.cluster.model.Service;
import io.fairlead.kernel.nft.NftOperation;
import io.fairlead.kernel.nft.NftVerdicts;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Section 1.7 of the services facts: a client keeps its endpoint, through every change but the endpoint's own end.
 *
 * <p>Confined to the test thread.
 */
class AffinityTest {

    private static final String CLIENT = "10.180.255.77";
    private static final String OTHER = "10.180.255.78";
    private static final String ONE = "10.180.0.1@node-2";
    private static final String TWO = "10.180.0.2@node-2";
    private static final String THREE = "10.180.0.3@node-2";

    private final PlaneRig rig = new PlaneRig();
    private final Service web = sticky("web", "172.30.0.41", 600);

    private static Service sticky(String name, String clusterIp, int seconds) {
        return Plans.service(name, clusterIp).affinity(seconds).build();
    }

    private String connect(String client, int random) {
        return rig.connect(client, "172.30.0.41", 80, random);
    }

    /** Backends by slot, of all Services. */
    private Map<Integer, String> slots() {
        Layout layout = new Layout(IpFamily.IPV4);
        Map<Integer, String> slots = new TreeMap<>();
        rig.nft.readElements(
                layout.table,
                layout.endpoints,
                new NftVerdicts(),
                (key, value) -> slots.put(
                        Keys.readHostInt(key, 12), Keys.readBackend(value, 4).toString()));
        return slots;
    }

    @Test
    void clientKeepsItsEndpointUntilTheTimeIsOver() {
        rig.set(web, ONE, TWO, THREE);
        assertEquals("10.180.0.2", connect(CLIENT, 1));
        assertEquals("10.180.0.2", connect(CLIENT, 0));
        assertEquals("10.180.0.1", connect(OTHER, 0));
        rig.advance(599);
        assertEquals("10.180.0.2", connect(CLIENT, 0), "each connection begins the time anew");
        rig.advance(599);
        assertEquals("10.180.0.2", connect(CLIENT, 0));
        rig.advance(601);
        assertEquals("10.180.0.3", connect(CLIENT, 2));
    }

    @Test
    void recordIsSharedByAllAddressesOfAPort() {
        Service service = Plans.service("web", "172.30.0.41")
                .nodePort(30080)
                .loadBalancer("5.6.7.8")
                .affinity(600)
                .build();
        rig.set(service, ONE, TWO, THREE);
        assertEquals("10.180.0.3", connect(CLIENT, 2));
        assertEquals("10.180.0.3*", rig.connect(CLIENT, "5.6.7.8", 80, 0));
        assertEquals("10.180.0.3*", rig.connect(CLIENT, "192.168.0.1", 30080, 0));
    }

    @Test
    void recordOfAnEndpointThatLeftIsAMiss() {
        rig.set(web, ONE, TWO);
        assertEquals("10.180.0.2", connect(CLIENT, 1));
        rig.set(web, ONE, THREE);
        assertEquals(Map.of(0, "10.180.0.1:8080", 2, "10.180.0.3:8080"), slots(), "slot 1 is not given out again");
        assertEquals("10.180.0.1", connect(CLIENT, 0));
        rig.set(web, ONE, TWO, THREE);
        assertEquals("10.180.0.1", connect(CLIENT, 1), "the new record holds");
        assertEquals("10.180.0.2:8080", slots().get(3), "who returns gets a new slot");
    }

    @Test
    void localListSharesTheRecordSpace() {
        Service service = Plans.service("web", "172.30.0.41")
                .nodePort(30080)
                .externalLocal()
                .affinity(600)
                .build();
        rig.set(service, "10.180.0.1@node-1", TWO);
        assertEquals("10.180.0.2", connect("203.0.113.7", 1).replace("*", ""));
        assertEquals("10.180.0.1", rig.connect("203.0.113.7", "192.168.0.1", 30080, 1), "a local endpoint only");
    }

    @Test
    void restartKeepsRecordsAndGoesOnWithSlots() {
        rig.set(web, ONE, TWO);
        assertEquals("10.180.0.2", connect(CLIENT, 1));
        rig.stop();
        SyncResult result = rig.start();
        assertEquals(0, result.elements());
        assertEquals("10.180.0.2", connect(CLIENT, 0));
        rig.set(web, ONE, THREE);
        assertEquals(Map.of(0, "10.180.0.1:8080", 2, "10.180.0.3:8080"), slots());
    }

    @Test
    void restartDoesNotGiveOutASlotThatARecordNames() {
        rig.set(web, ONE, TWO);
        assertEquals("10.180.0.2", connect(CLIENT, 1));
        rig.set(web, ONE);
        rig.stop();
        rig.whileStopped(PlaneRig.plan(web, ONE, THREE));
        rig.start();
        assertEquals(Map.of(0, "10.180.0.1:8080", 2, "10.180.0.3:8080"), slots());
        assertEquals("10.180.0.1", connect(CLIENT, 0));
    }

    @Test
    void restartWithOtherEndpointsTakesOver() {
        rig.set(web, ONE, TWO);
        rig.stop();
        rig.whileStopped(PlaneRig.plan(web, TWO, THREE));
        SyncResult result = rig.start();
        assertTrue(result.elements() <= 3, result.elements() + " elements");
        assertEquals("10.180.0.2 10.180.0.3", rig.outcomes(CLIENT, "172.30.0.41", 80));
    }

    @Test
    void switchedOnAndOff() {
        Service plain = Plans.service("web", "172.30.0.41").nodePort(30080).build();
        Service sticky = Plans.service("web", "172.30.0.41")
                .nodePort(30080)
                .affinity(600)
                .build();
        rig.set(plain, ONE, TWO);
        String plainTable = rig.table(IpFamily.IPV4);
        rig.set(sticky, ONE, TWO);
        assertEquals("10.180.0.2", connect(CLIENT, 1));
        assertEquals("10.180.0.2", connect(CLIENT, 0));
        rig.set(plain, ONE, TWO);
        assertEquals(plainTable, rig.table(IpFamily.IPV4));
        assertEquals("10.180.0.1", connect(CLIENT, 0));
    }

    @Test
    void portWithoutEndpointsRejectsAndComesBack() {
        rig.set(web, ONE);
        rig.set(web);
        assertEquals("reject", rig.outcomes(CLIENT, "172.30.0.41", 80));
        assertFalse(rig.table(IpFamily.IPV4).contains("affinity-"), rig.table(IpFamily.IPV4));
        rig.set(web, TWO);
        assertEquals("10.180.0.2", rig.outcomes(CLIENT, "172.30.0.41", 80));
    }

    @Test
    void otherTimeoutRewritesOneChain() {
        rig.set(web, ONE, TWO);
        rig.set(sticky("web", "172.30.0.41", 60), ONE, TWO);
        assertEquals(0, rig.nft.elements());
        assertEquals(
                1,
                rig.nft.applied().getFirst().operations().stream()
                        .filter(operation -> operation instanceof NftOperation.ReplaceRules)
                        .count());
        assertEquals("10.180.0.2", connect(CLIENT, 1));
        rig.advance(61);
        assertEquals("10.180.0.1", connect(CLIENT, 0));
    }

    @Test
    void otherAddressOrPortKeepsTheRecordsApart() {
        rig.set(web, ONE, TWO);
        assertEquals("10.180.0.2", connect(CLIENT, 1));
        rig.set(sticky("web", "172.30.0.51", 600), ONE, THREE);
        assertEquals("10.180.0.1", rig.connect(CLIENT, "172.30.0.51", 80, 0), "slot 1 is not given to another");
        Service otherPort = Plans.service("web", "172.30.0.51")
                .port("http", Protocol.TCP, 81, 0)
                .affinity(600)
                .build();
        rig.set(otherPort, ONE, THREE);
        assertEquals("10.180.0.3", rig.connect(OTHER, "172.30.0.51", 81, 1));
        assertEquals("reject", rig.outcomes(CLIENT, "172.30.0.51", 80));
    }

    @Test
    void addressesThatServicesSwapKeepTheirSlotsApart() {
        Service api = sticky("api", "172.30.0.42", 600);
        rig.applyClean(PlaneRig.plan(web, ONE, TWO), PlaneRig.plan(api, "10.180.0.5@node-2", "10.180.0.6@node-2"));
        assertEquals("10.180.0.2", connect(CLIENT, 1));
        assertEquals("10.180.0.6", rig.connect(OTHER, "172.30.0.42", 80, 1));
        rig.applyClean(
                PlaneRig.plan(sticky("web", "172.30.0.42", 600), ONE, "10.180.0.5@node-2", "10.180.0.6@node-2"),
                PlaneRig.plan(sticky("api", "172.30.0.41", 600), ONE, TWO));
        String chosen = rig.connect(CLIENT, "172.30.0.42", 80, 0);
        assertNotEquals("10.180.0.6", chosen, "slot 1 was another endpoint's");
    }

    @Test
    void routeNumbersAreNeverShared() {
        Service other = sticky("other", "172.30.0.42", 600);
        rig.set(web, ONE);
        rig.stop();
        rig.start();
        rig.remove(web);
        rig.set(other, TWO);
        rig.set(web, ONE);
        assertEquals("10.180.0.1", rig.outcomes(CLIENT, "172.30.0.41", 80));
        assertEquals("10.180.0.2", rig.outcomes(CLIENT, "172.30.0.42", 80));
    }
}
