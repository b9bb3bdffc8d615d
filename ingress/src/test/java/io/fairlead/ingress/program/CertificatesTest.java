package io.fairlead.ingress.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.ClusterChange;
import io.fairlead.cluster.ClusterSink;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.ClusterStore;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.PrivateBytes;
import io.fairlead.cluster.write.ClusterEvent;
import io.fairlead.ingress.account.RouteBook;
import io.fairlead.ingress.proxy.RoutePublisher;
import io.fairlead.ingress.proxy.Routing;
import io.fairlead.ingress.proxy.RoutingReference;
import io.fairlead.ingress.resource.Secret;
import io.fairlead.ingress.route.HostMatch;
import io.fairlead.ingress.route.RouteTable;
import io.fairlead.ingress.tls.DefaultCertificate;
import io.fairlead.ingress.tls.HostTls;
import io.fairlead.ingress.tls.KeyType;
import io.fairlead.ingress.tls.ServerCertificate;
import io.fairlead.ingress.tls.TestAuthority;
import io.fairlead.ingress.tls.TlsPlan;
import io.fairlead.ingress.tls.backend.BackendTlsResult;
import io.fairlead.ingress.translate.Translation;
import io.fairlead.ingress.upstream.NameWatch;
import io.fairlead.ingress.upstream.UpstreamGroup;
import io.fairlead.ingress.upstream.UpstreamGroups;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of Secrets: host by host, and never less than there was. */
@Timeout(30)
final class CertificatesTest {

    private static final HostMatch SHOP = HostMatch.parse("shop.example");
    private static final HostMatch BLOG = HostMatch.parse("blog.example");
    private static final ObjectName INGRESS = new ObjectName("shop", "web");
    private static final ObjectName FIRST = new ObjectName("shop", "first");
    private static final ObjectName OPERATORS = new ObjectName("system", "default");

    private final List<ClusterEvent> events = new ArrayList<>();
    private final ProblemReport problems = new ProblemReport(events::add);
    private final NameWatch names = new NameWatch(
            name -> {
                throw new UnknownHostException(name);
            },
            () -> {
                throw new IllegalStateException("nothing is resolved here");
            },
            Duration.ofDays(1));
    private final Certificates certificates =
            new Certificates(Optional.of(OPERATORS), DefaultCertificate.generate(Instant.now()), publisher(), problems);

    @AfterEach
    void close() {
        names.close();
    }

    private RoutePublisher publisher() {
        RouteBook stats = new RouteBook(1, 10);
        UpstreamGroups groups =
                new UpstreamGroups(List.of(), names, connection -> new BackendTlsResult.Refused("not here"));
        return new RoutePublisher(groups, new RoutingReference(new Routing(RouteTable.EMPTY, List.of(), stats)), stats);
    }

    private static Secret secret(ObjectName name, String... hosts) {
        return new Secret(
                name,
                PrivateBytes.of(TestAuthority.INSTANCE.chain(KeyType.ECDSA_P256, hosts)),
                PrivateBytes.of(TestAuthority.INSTANCE.keyPem(KeyType.ECDSA_P256)),
                PrivateBytes.EMPTY,
                PrivateBytes.EMPTY);
    }

    private static Secret broken(ObjectName name) {
        return new Secret(
                name,
                PrivateBytes.of("no certificate".getBytes(StandardCharsets.US_ASCII)),
                PrivateBytes.EMPTY,
                PrivateBytes.EMPTY,
                PrivateBytes.EMPTY);
    }

    private static ClusterSnapshot snapshot(Secret... secrets) {
        CompletableFuture<ClusterSnapshot> published = new CompletableFuture<>();
        try (ClusterStore store = new ClusterStore()) {
            ClusterSink sink = store.register("test");
            store.subscribe((delta, snapshot) -> published.complete(snapshot));
            for (Secret secret : secrets) {
                sink.offer(new ClusterChange.Upsert(secret));
            }
            sink.offer(new ClusterChange.Synced());
            store.start();
            return published.join();
        }
    }

    private static Translation said(Map<HostMatch, List<ObjectName>> secrets) {
        Map<HostMatch, io.fairlead.ingress.translate.HostTls> tls = secrets.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> new io.fairlead.ingress.translate.HostTls.Certificates(entry.getValue(), INGRESS)));
        return new Translation(RouteTable.EMPTY, Map.of(), tls, Set.of(), new TreeMap<>(), Set.of());
    }

    private static List<ServerCertificate> shown(TlsPlan<UpstreamGroup> plan, HostMatch host) {
        return switch (plan.hosts().get(host)) {
            case HostTls.Terminate<UpstreamGroup> terminate -> terminate.certificates();
            case null, default ->
                throw new AssertionError(host + " has " + plan.hosts().get(host));
        };
    }

    @Test
    void touchesOnlyTheHostsOfAChange() {
        Translation both = said(Map.of(SHOP, List.of(FIRST), BLOG, List.of()));
        TlsPlan<UpstreamGroup> begin =
                certificates.changes(both, Set.of(SHOP, BLOG), Set.of(FIRST), snapshot(secret(FIRST, "shop.example")));
        assertEquals(1, shown(begin, SHOP).size());
        assertInstanceOf(HostTls.ByDefault.class, begin.hosts().get(BLOG));

        TlsPlan<UpstreamGroup> renewed = certificates.changes(
                both, Set.of(), Set.of(FIRST), snapshot(secret(FIRST, "shop.example", "www.example")));
        assertEquals(Set.of(SHOP), renewed.hosts().keySet());
        assertTrue(shown(renewed, SHOP).getFirst().names().cover("www.example"));
    }

    @Test
    void keepsTheLastCertificateThatCouldBeUsedAndForgetsTheProblemWhenItIsMended() {
        Translation one = said(Map.of(SHOP, List.of(FIRST)));
        ServerCertificate good = shown(
                        certificates.changes(one, Set.of(SHOP), Set.of(FIRST), snapshot(secret(FIRST, "shop.example"))),
                        SHOP)
                .getFirst();
        TlsPlan<UpstreamGroup> kept = certificates.changes(one, Set.of(), Set.of(FIRST), snapshot(broken(FIRST)));
        assertEquals(good, shown(kept, SHOP).getFirst());
        assertEquals(1, problems.objects());
        assertEquals(1, events.size());
        certificates.changes(one, Set.of(), Set.of(FIRST), snapshot(secret(FIRST, "shop.example", "b.example")));
        assertEquals(0, problems.objects());
    }

    @Test
    void saysForWhichHostsACertificateIsNot() {
        Translation both = said(Map.of(SHOP, List.of(FIRST), BLOG, List.of(FIRST)));
        certificates.changes(both, Set.of(SHOP, BLOG), Set.of(FIRST), snapshot(secret(FIRST, "shop.example")));
        assertEquals(List.of("CertificateNotForHost"), reasons());
        assertEquals(
                "it is for shop.example, and not for blog.example",
                events.getLast().note());

        // Another host of the same Secret is looked at alone.
        certificates.changes(
                said(Map.of(SHOP, List.of(FIRST), BLOG, List.of())),
                Set.of(BLOG),
                Set.of(),
                snapshot(secret(FIRST, "shop.example")));
        assertEquals(0, problems.objects());
        certificates.changes(both, Set.of(BLOG), Set.of(), snapshot(secret(FIRST, "shop.example")));
        assertEquals(1, problems.objects());
        certificates.changes(both, Set.of(), Set.of(FIRST), snapshot(secret(FIRST, "shop.example", "blog.example")));
        assertEquals(0, problems.objects());
    }

    /** As with a Secret for each Ingress: at the start all of them come at once. */
    @Test
    void manyHostsWithASecretEachCostInProportion() {
        Map<HostMatch, List<ObjectName>> many = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            many.put(HostMatch.parse("h" + i + ".example"), List.of(new ObjectName("shop", "h" + i)));
        }
        Translation all = said(many);
        ClusterSnapshot none = snapshot();
        assertTimeout(
                Duration.ofSeconds(3), () -> certificates.changes(all, Set.copyOf(many.keySet()), Set.of(), none));
    }

    private List<String> reasons() {
        return events.stream().map(ClusterEvent::reason).toList();
    }

    @Test
    void aSecretThatIsGoneLeavesTheDefault() {
        Translation one = said(Map.of(SHOP, List.of(FIRST)));
        certificates.changes(one, Set.of(SHOP), Set.of(FIRST), snapshot(broken(FIRST)));
        TlsPlan<UpstreamGroup> without = certificates.changes(one, Set.of(), Set.of(FIRST), snapshot());
        assertInstanceOf(HostTls.ByDefault.class, without.hosts().get(SHOP));
        assertEquals(0, problems.objects());
    }

    @Test
    void showsByDefaultTheOperatorsThenThatOfNoHostThenAGeneratedOne() {
        Translation any = said(Map.of(HostMatch.ANY, List.of(FIRST)));
        ServerCertificate generated = certificates.first().defaults().getFirst();
        TlsPlan<UpstreamGroup> ofAny =
                certificates.changes(any, Set.of(HostMatch.ANY), Set.of(FIRST), snapshot(secret(FIRST, "any.example")));
        assertTrue(ofAny.defaults().getFirst().names().cover("any.example"));
        TlsPlan<UpstreamGroup> operators = certificates.changes(
                any,
                Set.of(),
                Set.of(OPERATORS),
                snapshot(secret(FIRST, "any.example"), secret(OPERATORS, "operators.example")));
        assertTrue(operators.defaults().getFirst().names().cover("operators.example"));
        TlsPlan<UpstreamGroup> neither =
                certificates.changes(Translation.EMPTY, Set.of(HostMatch.ANY), Set.of(OPERATORS, FIRST), snapshot());
        assertEquals(List.of(generated), neither.defaults());
    }

    @Test
    void showsOperatorsWhatIsServedWhereAndUntilWhen() {
        certificates.changes(
                said(Map.of(SHOP, List.of(FIRST), BLOG, List.of(FIRST))),
                Set.of(SHOP, BLOG),
                Set.of(FIRST),
                snapshot(secret(FIRST, "shop.example")));
        StringBuilder text = new StringBuilder();
        certificates.view(Instant.now()).writeText(text);
        assertTrue(text.toString().contains("shop/first"), text::toString);
        assertTrue(text.toString().contains("does not cover blog.example"), text::toString);
        assertTrue(certificates.firstEndSeconds() > Instant.now().getEpochSecond());
    }
}
