package io.fairlead.test.ingress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.test.Poll;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A thousand requests a second over HTTP/1.1, HTTP/2 and WebSockets, while the cluster does not come to rest.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
@Timeout(60)
final class IngressChurnIT {

    private static final String HOST = "shop.example";
    private static final int ROUTES = 50;
    private static final int CHANGES_PER_SECOND = 20;
    private static final int SECONDS = 20;

    /** Those that keep their connections. */
    private static final int CLIENTS = 35;

    /**
     * From the file's change to the first answer that shows it. A file must be quiet before it is read, longer if it
     * takes something away, and this machine drives the load, too.
     */
    private static final Duration SEEN_MAX = Duration.ofMillis(500);

    /** How long a Pod that ends is announced before its process does; in clusters it is seconds. */
    private static final Duration NOTICE = Duration.ofMillis(700);

    private final ManifestFolder manifests = new ManifestFolder();
    private final List<EchoPod> pods = new ArrayList<>();
    private final TestCertificate[] certificates = IntStream.range(0, 2)
            .mapToObj(i -> TestCertificate.of("version-" + i, HOST))
            .toArray(TestCertificate[]::new);
    private IngressProgram ingress;
    private Load load;

    @BeforeEach
    void start() {
        for (int i = 1; i <= 6; i++) {
            pods.add(EchoPod.start("web-" + i));
        }
        manifests.write("service.yaml", Yaml.service("web"));
        manifests.write("endpoints.yaml", endpoints(pods));
        manifests.write("secret.yaml", Yaml.secret("shop-tls", certificates[0]));
        manifests.write("ingress.yaml", shop("/"));
        for (int i = 0; i < ROUTES; i++) {
            manifests.write("route-" + i + ".yaml", Yaml.ingress("route-" + i, "r" + i + ".example / web"));
        }
        ingress = IngressProgram.start(manifests);
        load = new Load()
                .http1(10, 40, ingress::http, "plain.example", () -> "/")
                .http1(5, 20, ingress::http, "plain.example", () -> "/slow/2/20")
                .http2(5, 50, () -> H2Client.connect(ingress.http()), "plain.example", () -> "/")
                .http2(5, 30, () -> H2Client.connectTls(ingress.https(), HOST), HOST, () -> "/")
                .webSocket(10, 20, ingress::http, "plain.example", _ -> false)
                // Handshakes: each is to find a certificate that is in force.
                .with("handshake", 1, 5, () -> new Load.Asker() {
                    @Override
                    public void ask() {
                        try (H1Client client = H1Client.connectTls(ingress.https(), HOST)) {
                            assertTrue(client.certificate().startsWith("version-"), client::certificate);
                            assertEquals(200, client.get(HOST, "/").answer().status());
                        }
                    }

                    @Override
                    public void leave() {}
                });
    }

    @AfterEach
    void close() {
        load.close();
        ingress.close();
        pods.forEach(EchoPod::close);
        manifests.close();
    }

    /** The Ingress of the host with TLS, and of the one without. */
    private static String shop(String path) {
        return Yaml.ingress("shop", List.of(HOST + " shop-tls"), List.of(), HOST + " / web", HOST + " " + path + " web")
                + Yaml.ingress("plain", "plain.example / web", "plain.example " + path + " web");
    }

    private static String endpoints(List<EchoPod> ready) {
        return Yaml.endpoints("web", ready.stream().map(EchoPod::address).toArray(String[]::new));
    }

    @Test
    void noRequestFailsWhileRoutesEndpointsAndCertificatesChange() {
        load.awaitMore(500, Duration.ofSeconds(20));
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<Long> seenMillis = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < SECONDS * CHANGES_PER_SECOND; i++) {
            LockSupport.parkNanos(start + i * 1_000_000_000L / CHANGES_PER_SECOND - System.nanoTime());
            switch (i % 4) {
                case 0 -> {
                    int route = random.nextInt(ROUTES);
                    String path = random.nextBoolean() ? "/" : "/v" + i;
                    manifests.write(
                            "route-" + route + ".yaml",
                            Yaml.ingress("route-" + route, "r" + route + ".example " + path + " web"));
                }
                case 1 -> {
                    List<EchoPod> some =
                            pods.stream().filter(_ -> random.nextBoolean()).toList();
                    manifests.write("endpoints.yaml", endpoints(some.isEmpty() ? pods : some));
                }
                case 2 -> manifests.write("secret.yaml", Yaml.secret("shop-tls", certificates[i / 4 % 2]));
                default -> manifests.write("ingress.yaml", shop("/p" + i));
            }
            if (i % (2 * CHANGES_PER_SECOND) == 0) {
                seenMillis.add(probe("probe-" + i + ".example"));
            }
        }
        report("changes", seed, seenMillis);
        assertEquals(0, load.failed(), () -> "seed " + seed + ": " + load.failures());
        assertEquals(CLIENTS, load.connections(), "connections were opened anew");
    }

    /** Milliseconds until a new Ingress is in force. */
    private long probe(String host) {
        long start = System.nanoTime();
        manifests.write("probe.yaml", Yaml.ingress("probe", host + " / web"));
        try (H1Client client = H1Client.connect(ingress.http())) {
            Poll.until(
                    host + " is routed",
                    SEEN_MAX,
                    () -> client.get(host, "/").answer().status() == 200);
        }
        return (System.nanoTime() - start) / 1_000_000;
    }

    /** What the log of these tests keeps. */
    private void report(String what, long seed, List<Long> seenMillis) {
        long[] sorted = seenMillis.stream().mapToLong(Long::longValue).sorted().toArray();
        System.getLogger(IngressChurnIT.class.getName())
                .log(
                        System.Logger.Level.INFO,
                        "{0}, seed {1}: {2} answers, {3} failed, {4} connections; a change was seen after {5} ms",
                        what,
                        Long.toString(seed),
                        load.answered(),
                        load.failed(),
                        load.connections(),
                        Arrays.toString(sorted));
    }

    @Test
    void noRequestFailsWhileAllPodsAreReplaced() {
        load.close();
        load = new Load()
                .http1(10, 60, ingress::http, "plain.example", () -> "/")
                .http1(5, 20, ingress::http, "plain.example", () -> "/slow/4/20")
                .http2(5, 50, () -> H2Client.connect(ingress.http()), "plain.example", () -> "/");
        load.awaitMore(500, Duration.ofSeconds(20));
        for (int i = 0; i < pods.size(); i++) {
            EchoPod old = pods.get(i);
            EchoPod next = EchoPod.start("web-" + (7 + i));
            pods.set(i, next);
            manifests.write("endpoints.yaml", endpoints(pods, old));
            old.beginEnd();
            LockSupport.parkNanos(NOTICE.toNanos());
            manifests.write("endpoints.yaml", endpoints(pods));
            LockSupport.parkNanos(NOTICE.toNanos());
            Poll.until(old.name() + " has no connection", Duration.ofSeconds(5), () -> old.connections() == 0);
            old.close();
            int before = next.requests();
            Poll.until(next.name() + " is asked", Duration.ofSeconds(5), () -> next.requests() > before);
        }
        report("replaced Pods", 0, List.of());
        assertEquals(0, load.failed(), load::failures);
    }

    /** With one that ends: it serves what it has. */
    private static String endpoints(List<EchoPod> ready, EchoPod ending) {
        List<String> all = new ArrayList<>();
        ready.forEach(pod -> all.add(Yaml.endpoint(pod.address(), true, true, false)));
        all.add(Yaml.endpoint(ending.address(), false, true, true));
        return Yaml.endpoints("web", EchoPod.PORT, all);
    }
}
