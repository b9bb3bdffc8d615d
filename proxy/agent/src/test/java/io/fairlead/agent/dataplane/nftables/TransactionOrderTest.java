package io.fairlead.agent.dataplane.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.plan.Plans;
import io.fairlead.agent.plan.Routing;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.Service;
import io.fairlead.kernel.nft.NftSet;
import io.fairlead.kernel.nft.NftTransaction;
import io.fairlead.kernel.nft.NftVerdicts;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A large change takes several transactions, and a packet may come between any two: every frontend must then find the
 * backends that its route counts on.
 *
 * <p>Confined to the test thread.
 */
class TransactionOrderTest {

    private static final int ELEMENTS_MAX = 16_384;
    private static final int SERVICES = 4_500;

    private final PlaneRig rig = new PlaneRig();
    private final Layout layout = new Layout(IpFamily.IPV4);
    private int boundaries;

    private Map<ByteBuffer, byte[]> elements(NftSet set) {
        Map<ByteBuffer, byte[]> elements = new HashMap<>();
        rig.nft.readElements(
                layout.table,
                set,
                new NftVerdicts(),
                (key, value) -> elements.put(ByteBuffer.wrap(key.clone()), value.clone()));
        return elements;
    }

    /** Follows every frontend to the backends that its route may pick. */
    private void everyFrontendIsWhole() {
        boundaries++;
        Map<ByteBuffer, byte[]> endpoints = elements(layout.endpoints);
        Map<ByteBuffer, byte[]> localEndpoints = elements(layout.localEndpoints);
        Map<ByteBuffer, byte[]> shortCircuits = elements(layout.shortCircuits);
        Map<ByteBuffer, byte[]> localRoutes = elements(layout.localRoutes);
        elements(layout.services).forEach((frontend, value) -> {
            int route = Keys.readHostInt(value, 0);
            Routing routing = RouteNumber.routing(route);
            if (routing == Routing.PRESERVE_SOURCE) {
                requireBackends(frontend, count(required(shortCircuits, frontend)), endpoints);
                byte[] local = localRoutes.get(frontend);
                if (local != null) {
                    requireBackends(frontend, count(local), localEndpoints);
                }
            } else if (routing != Routing.REJECT && routing != Routing.DROP) {
                requireBackends(frontend, RouteNumber.count(route), endpoints);
            }
        });
    }

    private static byte[] required(Map<ByteBuffer, byte[]> map, ByteBuffer frontend) {
        byte[] value = map.get(frontend);
        if (value == null) {
            throw new AssertionError("a frontend with policy Local has no short circuit");
        }
        return value;
    }

    private static int count(byte[] route) {
        return RouteNumber.count(Keys.readHostInt(route, 0));
    }

    private static void requireBackends(ByteBuffer frontend, int count, Map<ByteBuffer, byte[]> endpoints) {
        byte[] key = new byte[frontend.capacity() + Integer.BYTES];
        frontend.get(0, key, 0, frontend.capacity());
        for (int index = 0; index < count; index++) {
            key[frontend.capacity()] = (byte) index;
            assertTrue(
                    endpoints.containsKey(ByteBuffer.wrap(key)),
                    () -> Keys.readFrontend(key, 4) + " has a route of " + count + " but not all backends");
        }
    }

    private static ServicePlan plan(int number, Random random) {
        Plans.ServiceBuilder builder = Plans.service("s" + number, "172.30." + number / 250 + "." + (1 + number % 250));
        if (number % 5 == 0) {
            builder.nodePort(20_000 + number).externalLocal();
        }
        Service service = builder.build();
        String[] endpoints = new String[random.nextInt(10)];
        for (int i = 0; i < endpoints.length; i++) {
            endpoints[i] = "10." + (10 + i) + "." + number / 250 + "." + (1 + random.nextInt(250)) + "@node-"
                    + (1 + random.nextInt(3));
        }
        return PlaneRig.plan(service, endpoints);
    }

    @Test
    void frontendsAreWholeBetweenTransactions() {
        long seed = 7;
        Random random = new Random(seed);
        rig.nft.afterEach(this::everyFrontendIsWhole);
        ServicePlan[] plans = new ServicePlan[SERVICES];
        for (int i = 0; i < SERVICES; i++) {
            plans[i] = plan(i, random);
        }
        rig.applyClean(plans);
        requireBoundedTransactions();
        for (int i = 0; i < SERVICES; i++) {
            plans[i] = i % 3 == 0 ? ServicePlan.nothing(plans[i].service()) : plan(i, random);
        }
        rig.applyClean(plans);
        requireBoundedTransactions();
        assertTrue(boundaries >= 6, boundaries + " boundaries");
        rig.stop();
        assertEquals(0, rig.start().elements(), "seed " + seed);
    }

    private void requireBoundedTransactions() {
        assertTrue(rig.nft.elements() > ELEMENTS_MAX, rig.nft.elements() + " elements are no large change");
        for (NftTransaction transaction : rig.nft.applied()) {
            // A replaced element is one deleted and one added.
            assertTrue(WatchedNft.elements(transaction) <= 2 * ELEMENTS_MAX);
        }
    }
}
