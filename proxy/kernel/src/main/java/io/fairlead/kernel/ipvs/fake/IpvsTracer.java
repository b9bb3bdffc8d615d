package io.fairlead.kernel.ipvs.fake;

import io.fairlead.kernel.fake.TracedBalancer;
import io.fairlead.kernel.fake.TracedPacket;
import io.fairlead.kernel.ipvs.RealServer;
import io.fairlead.kernel.ipvs.RealServerKey;
import io.fairlead.kernel.ipvs.RealServerStatus;
import io.fairlead.kernel.ipvs.VirtualServer;
import io.fairlead.kernel.ipvs.VirtualServerKey;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * To which real server a new connection goes. All schedulers count as one that takes any real server with a weight;
 * clients keep to theirs as {@code ip_vs_sched_persist} says, with {@code expire_quiescent_template} set.
 *
 * <p>Thread-safe.
 */
public final class IpvsTracer implements TracedBalancer {

    private final FakeIpvsKernel kernel;
    private final InstantSource clock;
    private final Map<Client, Template> templates = new HashMap<>();

    private record Client(VirtualServerKey server, InetAddress address) {}

    private record Template(RealServerKey real, long expires) {}

    /** @param clock by which clients are forgotten */
    public IpvsTracer(FakeIpvsKernel kernel, InstantSource clock) {
        this.kernel = kernel;
        this.clock = clock;
    }

    @Override
    public Optional<Choice> choose(TracedPacket packet, InetAddress destination, int port, IntUnaryOperator random) {
        synchronized (kernel) {
            VirtualServerKey key = new VirtualServerKey(destination, packet.protocol(), port);
            FakeVirtualServer server = kernel.servers().get(key);
            if (server == null) {
                return Optional.empty();
            }
            List<RealServer> usable = server.realServers().stream()
                    .map(RealServerStatus::server)
                    .filter(real -> real.weight() > 0)
                    .toList();
            Template template = template(server, packet);
            if (template != null && usable.stream().anyMatch(real -> real.key().equals(template.real()))) {
                return Optional.of(new Choice.Server(
                        template.real().address(), template.real().port(), 1));
            }
            if (usable.isEmpty()) {
                return Optional.of(new Choice.Refused());
            }
            RealServerKey chosen = usable.get(random.applyAsInt(usable.size())).key();
            return Optional.of(new Choice.Server(chosen.address(), chosen.port(), usable.size()));
        }
    }

    private @Nullable Template template(FakeVirtualServer server, TracedPacket packet) {
        Template known = templates.get(new Client(server.declaration().key(), packet.source()));
        return server.declaration().isPersistent() && known != null && clock.millis() < known.expires() ? known : null;
    }

    @Override
    public void keep(TracedPacket packet, InetAddress destination, int port, Choice choice) {
        synchronized (kernel) {
            VirtualServerKey key = new VirtualServerKey(destination, packet.protocol(), port);
            FakeVirtualServer server = kernel.servers().get(key);
            if (choice instanceof Choice.Server chosen && server != null) {
                VirtualServer declaration = server.declaration();
                long expires = clock.millis() + TimeUnit.SECONDS.toMillis(declaration.persistenceSeconds());
                templates.put(
                        new Client(key, packet.source()),
                        new Template(new RealServerKey(chosen.address(), chosen.port()), expires));
            }
        }
    }
}
