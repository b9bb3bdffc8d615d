package io.fairlead.ingress.upstream;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.ingress.destination.Destination;
import io.fairlead.ingress.destination.Destinations;
import io.fairlead.ingress.loop.Worker;
import io.fairlead.ingress.route.BackendGroup;
import io.fairlead.ingress.route.RouteAction;
import io.fairlead.ingress.route.policy.BackendConnection;
import io.fairlead.ingress.tls.backend.BackendTlsResult;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All groups that routes name, each once for every way in which it is spoken to.
 *
 * <p>Confined to the thread that publishes routes; the groups are thread-safe.
 */
public final class UpstreamGroups {

    private static final Logger LOG = System.getLogger(UpstreamGroups.class.getName());

    private final List<Worker> workers;
    private final NameWatch names;
    private final Function<BackendConnection, BackendTlsResult> security;
    private final Map<BackendGroup, Map<BackendConnection, UpstreamGroup>> groups = new HashMap<>();
    private final Map<BackendGroup, Destinations> destinations = new HashMap<>();
    private final Set<UpstreamGroup> sticky = new HashSet<>();
    private SessionKeys sessionKeys = SessionKeys.random();

    /**
     * @param names resolves the names that stand for endpoints
     * @param security says how TLS is spoken
     */
    public UpstreamGroups(
            List<Worker> workers, NameWatch names, Function<BackendConnection, BackendTlsResult> security) {
        this.workers = List.copyOf(workers);
        this.names = names;
        this.security = security;
    }

    /** The group, which is made if no route named it before. */
    public UpstreamGroup of(BackendGroup name, BackendConnection connection) {
        Map<BackendConnection, UpstreamGroup> ways = groups.computeIfAbsent(name, _ -> new HashMap<>());
        UpstreamGroup known = ways.get(connection);
        if (known != null) {
            return known;
        }
        UpstreamGroup made = new UpstreamGroup(name, connection, workers);
        ways.put(connection, made);
        secure(made);
        fill(made, destinations.get(name));
        return made;
    }

    /** Clients may be bound to endpoints of this group. */
    public void stick(UpstreamGroup group) {
        sticky.add(group);
        group.signSessions(sessionKeys);
    }

    /** Signs session cookies with other keys. */
    public void signSessions(SessionKeys keys) {
        sessionKeys = keys;
        sticky.forEach(group -> group.signSessions(keys));
    }

    /** Asks anew how TLS is spoken with each group: Secrets changed. */
    public void secure() {
        groups.values().forEach(ways -> ways.values().forEach(this::secure));
    }

    private void secure(UpstreamGroup group) {
        if (group.connection().protocol().tls()) {
            group.secure(
                    switch (security.apply(group.connection())) {
                        case BackendTlsResult.Usable usable -> Optional.of(usable.client());
                        case BackendTlsResult.Refused refused -> {
                            LOG.log(Level.WARNING, "service {0} gets no requests: {1}", group.name(), refused.reason());
                            yield Optional.empty();
                        }
                    });
        }
    }

    /** Says where a group's requests go. */
    public void set(BackendGroup name, Destinations next) {
        destinations.put(name, next);
        groups.getOrDefault(name, Map.of()).values().forEach(group -> fill(group, next));
    }

    /** No route names this group any longer. */
    public void remove(BackendGroup name) {
        destinations.remove(name);
    }

    /** Keeps only groups that routes name. */
    public void retain(Set<UpstreamGroup> used) {
        groups.values().removeIf(ways -> {
            ways.values().removeIf(group -> !used.contains(group) && end(group));
            return ways.isEmpty();
        });
    }

    private boolean end(UpstreamGroup group) {
        names.forget(group);
        sticky.remove(group);
        group.clear(RouteAction.Reason.NO_SERVICE);
        return true;
    }

    private void fill(UpstreamGroup group, @Nullable Destinations where) {
        names.forget(group);
        switch (where) {
            case Destinations.Addresses addresses ->
                group.replace(addresses.list().stream()
                        .map(UpstreamGroups::socketAddress)
                        .toList());
            case Destinations.HostName name -> names.follow(group, name);
            case Destinations.None none -> group.clear(none.reason());
            case null -> group.clear(RouteAction.Reason.NO_SERVICE);
        }
    }

    private static InetSocketAddress socketAddress(Destination destination) {
        return new InetSocketAddress(inetAddress(destination.address()), destination.port());
    }

    private static InetAddress inetAddress(IpAddress address) {
        try {
            return InetAddress.getByAddress(address.toBytes());
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("4 and 16 bytes are an address", impossible);
        }
    }
}
