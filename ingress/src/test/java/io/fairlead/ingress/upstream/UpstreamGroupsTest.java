package io.fairlead.ingress.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.ingress.destination.Destination;
import io.fairlead.ingress.destination.DestinationPolicy;
import io.fairlead.ingress.destination.Destinations;
import io.fairlead.ingress.route.BackendGroup;
import io.fairlead.ingress.route.RouteAction;
import io.fairlead.ingress.route.policy.BackendConnection;
import io.fairlead.ingress.route.policy.BackendTls;
import io.fairlead.ingress.tls.backend.BackendTlsResult;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A group for each way in which a backend is spoken to, as long as a route names it. */
final class UpstreamGroupsTest {

    private static final BackendGroup WEB = new BackendGroup(new ObjectName("shop", "web"), 80);
    private static final BackendConnection HTTP2 =
            new BackendConnection(BackendConnection.Protocol.H2C, new BackendTls.Off());

    private final NameWatch names = new NameWatch(
            name -> {
                throw new UnknownHostException(name);
            },
            () -> new DestinationPolicy(Set.of(), Set.of(), List.of()),
            Duration.ofDays(1));
    private final UpstreamGroups groups =
            new UpstreamGroups(List.of(), names, connection -> new BackendTlsResult.Refused("not here"));

    @AfterEach
    void close() {
        names.close();
    }

    private static Destinations at(String... addresses) {
        return new Destinations.Addresses(Stream.of(addresses)
                .map(address -> new Destination(IpAddress.parse(address), 8080))
                .toList());
    }

    private static List<String> backends(UpstreamGroup group) {
        return group.backends().stream().map(Backend::toString).toList();
    }

    @Test
    void isOneForEachWayAndGetsWhatIsKnown() {
        groups.set(WEB, at("203.0.113.1", "203.0.113.2"));
        UpstreamGroup plain = groups.of(WEB, BackendConnection.DEFAULT);
        assertSame(plain, groups.of(WEB, BackendConnection.DEFAULT));
        UpstreamGroup http2 = groups.of(WEB, HTTP2);
        assertNotSame(plain, http2);
        for (UpstreamGroup group : List.of(plain, http2)) {
            assertEquals(List.of("203.0.113.1:8080", "203.0.113.2:8080"), backends(group));
        }
        groups.set(WEB, at("203.0.113.2"));
        for (UpstreamGroup group : List.of(plain, http2)) {
            assertEquals(List.of("203.0.113.2:8080"), backends(group));
        }
    }

    @Test
    void saysWhyNobodyIsThere() {
        UpstreamGroup group = groups.of(WEB, BackendConnection.DEFAULT);
        assertEquals(RouteAction.Reason.NO_SERVICE, group.absence());
        groups.set(WEB, new Destinations.None(RouteAction.Reason.NO_ENDPOINTS, "none is ready"));
        assertEquals(RouteAction.Reason.NO_ENDPOINTS, group.absence());
    }

    @Test
    void endsWhatNoRouteNames() {
        groups.set(WEB, at("203.0.113.1"));
        UpstreamGroup plain = groups.of(WEB, BackendConnection.DEFAULT);
        UpstreamGroup http2 = groups.of(WEB, HTTP2);
        groups.retain(Set.of(http2));
        assertEquals(List.of(), backends(plain));
        assertEquals(List.of("203.0.113.1:8080"), backends(http2));
        assertNotSame(plain, groups.of(WEB, BackendConnection.DEFAULT), "another one that has endpoints");
        assertSame(http2, groups.of(WEB, HTTP2));
    }
}
