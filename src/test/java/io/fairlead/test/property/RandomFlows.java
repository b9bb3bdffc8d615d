package io.fairlead.test.property;

import io.fairlead.agent.plan.Flow;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.test.AddressPlan;
import io.fairlead.test.scenario.Client;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Makes flows to addresses that a {@link RandomCluster} may serve, and to some that it does not.
 *
 * <p>Confined to one thread.
 */
public final class RandomFlows {

    private static final List<String> OTHERS = List.of("172.30.0.99", "172.31.0.1", "fd00:172:30::99");

    private final Random random;
    private final List<Protocol> protocols;
    private final List<IpAddress> destinations = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();

    public RandomFlows(Random random, Set<Protocol> protocols) {
        this.random = random;
        this.protocols = List.copyOf(protocols);
        for (List<String> pool : List.of(
                RandomCluster.CLUSTER_IPS,
                RandomCluster.CLUSTER_IPS_V6,
                RandomCluster.LOAD_BALANCER_IPS,
                RandomCluster.EXTERNAL_IPS,
                OTHERS)) {
            pool.forEach(text -> destinations.add(IpAddress.parse(text)));
        }
        destinations.addAll(
                List.of(AddressPlan.NODE_V4, AddressPlan.NODE_V6, AddressPlan.NODE_SECOND_V4, AddressPlan.BRIDGE_V4));
        ports.addAll(RandomCluster.PORTS);
        ports.addAll(RandomCluster.NODE_PORTS);
        ports.add(81);
    }

    /** A flow of any client that may have this destination. */
    Flow next() {
        return from(client());
    }

    public Flow from(Client client) {
        IpAddress destination = client == Client.LOOPBACK
                ? AddressPlan.LOOPBACK_V4
                : destinations.get(random.nextInt(destinations.size()));
        IpFamily family = destination.family();
        return new Flow(
                client.address(family),
                client.arrival(),
                destination,
                ports.get(random.nextInt(ports.size())),
                protocols.get(random.nextInt(protocols.size())));
    }

    public Client client() {
        Client[] all = Client.values();
        return all[random.nextInt(all.length)];
    }
}
