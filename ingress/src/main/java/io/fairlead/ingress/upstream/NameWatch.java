package io.fairlead.ingress.upstream;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.ingress.destination.Destination;
import io.fairlead.ingress.destination.DestinationPolicy;
import io.fairlead.ingress.destination.DestinationVerdict;
import io.fairlead.ingress.destination.Destinations;
import io.fairlead.ingress.route.RouteAction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Resolves the names of ExternalName Services again and again, and gives their groups the addresses that may be connected
 * to. If a name cannot be resolved for a while, the last addresses stay.
 *
 * <p>Thread-safe.
 */
public final class NameWatch implements AutoCloseable {

    private static final Logger LOG = System.getLogger(NameWatch.class.getName());

    /** Whoever resolves a name. Thread-safe. */
    public interface Resolver {

        InetAddress[] resolve(String name) throws UnknownHostException;
    }

    private final Resolver resolver;
    private final Supplier<DestinationPolicy> policies;
    private final Duration pause;
    private final Map<UpstreamGroup, CountDownLatch> followed = new HashMap<>();

    /** @param pause between two questions for a name */
    public NameWatch(Resolver resolver, Supplier<DestinationPolicy> policies, Duration pause) {
        this.resolver = resolver;
        this.policies = policies;
        this.pause = pause;
    }

    /** From now on the group's endpoints are what the name stands for. */
    synchronized void follow(UpstreamGroup group, Destinations.HostName name) {
        CountDownLatch forgotten = new CountDownLatch(1);
        followed.put(group, forgotten);
        Thread.ofVirtual().name("name " + name.name()).start(() -> run(group, name, forgotten));
    }

    /** The group's endpoints are somebody else's to say. */
    synchronized void forget(UpstreamGroup group) {
        CountDownLatch end = followed.remove(group);
        if (end != null) {
            end.countDown();
        }
    }

    private void run(UpstreamGroup group, Destinations.HostName name, CountDownLatch forgotten) {
        try {
            do {
                resolve(group, name, forgotten);
            } while (!forgotten.await(pause.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void resolve(UpstreamGroup group, Destinations.HostName name, CountDownLatch forgotten) {
        try {
            InetAddress[] all = resolver.resolve(name.name());
            DestinationPolicy policy = policies.get();
            List<InetSocketAddress> allowed = Stream.of(all)
                    .filter(address -> isAllowed(policy, address, name.port()))
                    .map(address -> new InetSocketAddress(address, name.port()))
                    .toList();
            set(group, forgotten, allowed, RouteAction.Reason.REFUSED_DESTINATION);
        } catch (UnknownHostException e) {
            LOG.log(Level.DEBUG, "{0} of service {1} is not resolved: {2}", name.name(), group.name(), e.getMessage());
            if (group.backends().isEmpty()) {
                set(group, forgotten, List.of(), RouteAction.Reason.NO_ENDPOINTS);
            }
        }
    }

    private static boolean isAllowed(DestinationPolicy policy, InetAddress address, int port) {
        Destination destination = new Destination(IpAddress.ofBytes(address.getAddress()), port);
        return policy.verdict(destination, false) == DestinationVerdict.ALLOWED;
    }

    /** Unless it was forgotten meanwhile. */
    private synchronized void set(
            UpstreamGroup group,
            CountDownLatch forgotten,
            List<InetSocketAddress> addresses,
            RouteAction.Reason otherwise) {
        if (forgotten.getCount() == 0) {
            return;
        }
        if (addresses.isEmpty()) {
            group.clear(otherwise);
        } else {
            group.replace(addresses);
        }
    }

    @Override
    public synchronized void close() {
        followed.values().forEach(CountDownLatch::countDown);
        followed.clear();
    }
}
