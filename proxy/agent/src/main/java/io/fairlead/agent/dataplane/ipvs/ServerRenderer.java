package io.fairlead.agent.dataplane.ipvs;

import io.fairlead.agent.plan.Backend;
import io.fairlead.agent.plan.ClientRule;
import io.fairlead.agent.plan.Frontend;
import io.fairlead.agent.plan.PortPlan;
import io.fairlead.agent.plan.Verdict;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.IpBytes;
import io.fairlead.kernel.ipvs.RealServer;
import io.fairlead.kernel.ipvs.RealServerKey;
import io.fairlead.kernel.ipvs.VirtualServer;
import io.fairlead.kernel.ipvs.VirtualServerKey;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Translates frontends into virtual servers.
 *
 * <p>Thread-safe: pure functions.
 */
public final class ServerRenderer {

    /** The flag of schedulers that none of them uses: it says that a virtual server is ours. */
    static final int OURS = VirtualServer.SCHEDULER_3;

    /**
     * As upper threshold it says that we took a real server out of service and wait for its connections to end. No real
     * server has so many.
     */
    static final int DRAINING = 0x0fa1_1ead;

    private final IpvsOptions options;

    ServerRenderer(IpvsOptions options) {
        this.options = options;
    }

    /** The virtual server of a frontend at an address; none if the frontend is refused by everybody. */
    Optional<WantedServer> render(PortPlan port, Frontend frontend, IpAddress address) {
        Set<RealServerKey> real = realServers(port, frontend);
        if (real.isEmpty()) {
            return Optional.empty();
        }
        VirtualServer server = VirtualServer.of(key(frontend, address), options.scheduler(), options.flags() | OURS);
        VirtualServer declaration =
                port.affinitySeconds() > 0 ? server.withPersistence(port.affinitySeconds()) : server;
        return Optional.of(new WantedServer(frontend.key(), declaration, real));
    }

    /** By what IPVS knows a frontend at an address. */
    public static VirtualServerKey key(Frontend frontend, IpAddress address) {
        return new VirtualServerKey(
                IpBytes.address(address.toBytes()),
                frontend.key().protocol().number(),
                frontend.key().port());
    }

    /** IPVS has one list for all clients: that of the last rule which forwards. */
    public static Set<RealServerKey> realServers(PortPlan port, Frontend frontend) {
        List<Backend> backends = List.of();
        for (ClientRule rule : frontend.routing().rules()) {
            if (rule.verdict() == Verdict.FORWARD) {
                backends = port.backends(rule.scope());
            }
        }
        Set<RealServerKey> real = new HashSet<>();
        for (Backend backend : backends) {
            real.add(new RealServerKey(IpBytes.address(backend.address().toBytes()), backend.port()));
        }
        return real;
    }

    static RealServer serving(RealServerKey key) {
        return RealServer.of(key, 1);
    }

    static RealServer draining(RealServerKey key) {
        return new RealServer(key, RealServer.MASQUERADE, 0, DRAINING, 0);
    }

    static boolean isDraining(RealServer server) {
        return server.weight() == 0 && server.upperThreshold() == DRAINING;
    }

    /** Whether it carries our flag. */
    public static boolean isOurs(VirtualServer server) {
        return (server.flags() & OURS) != 0;
    }
}
