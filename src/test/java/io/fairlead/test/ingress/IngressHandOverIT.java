package io.fairlead.test.ingress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.test.Poll;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A process takes the place of another one on the same node, as at an upgrade: it gets the listening sockets, and the pages
 * when the other one has ended.
 *
 * <p>Confined to the test thread.
 */
@Timeout(60)
final class IngressHandOverIT {

    private static final String HOST = "shop.example";

    /** Longer than anything else takes: a successor ends the wait. */
    private static final String DELAY = "--shutdown-delay=40s";

    private final ManifestFolder manifests = new ManifestFolder();
    private final EchoPod pod = EchoPod.start("web-1");

    @BeforeEach
    void write() {
        manifests.write("ingress.yaml", Yaml.ingress("shop", "shop.example / web"));
        manifests.write("web.yaml", Yaml.web("web", pod));
    }

    @AfterEach
    void close() {
        pod.close();
        manifests.close();
    }

    @Test
    void noConnectionIsLost() {
        try (IngressProgram before = IngressProgram.start(manifests, DELAY);
                Load load = new Load()) {
            load.http1(10, 25, before::http, HOST, () -> "/")
                    .http2(4, 50, () -> H2Client.connect(before.http()), HOST, () -> "/")
                    .http2(4, 50, () -> H2Client.connectTls(before.https(), HOST), HOST, () -> "/");
            load.awaitMore(500, Duration.ofSeconds(20));
            try (IngressProgram after = before.successor(DELAY)) {
                assertTrue(after.log().contains("HTTP is taken over"), after::log);
                load.awaitMore(200, Duration.ofSeconds(10));
                before.terminate();
                before.awaitEnd(Duration.ofSeconds(20));
                load.awaitMore(500, Duration.ofSeconds(10));
                Poll.until("its own pages", Duration.ofSeconds(5), after::isReady);
                assertEquals(0, load.failed(), load::failures);
            }
        }
    }

    /** As when an update is taken back while two versions serve. */
    @Test
    void theOneBeforeGoesOnInThePlaceOfItsSuccessor() {
        try (IngressProgram before = IngressProgram.start(manifests, DELAY);
                Load load = new Load()) {
            load.http1(10, 25, before::http, HOST, () -> "/");
            load.awaitMore(200, Duration.ofSeconds(20));
            try (IngressProgram after = before.successor(DELAY)) {
                load.awaitMore(200, Duration.ofSeconds(10));
                after.terminate();
                after.awaitEnd(Duration.ofSeconds(20));
                try (IngressProgram _ = handedOver(before)) {
                    load.awaitMore(200, Duration.ofSeconds(10));
                    assertEquals(0, load.failed(), load::failures);
                }
            }
        }
    }

    @Test
    void theOneBeforeOutlivesItsSuccessor() {
        try (IngressProgram before = IngressProgram.start(manifests, DELAY);
                IngressProgram after = before.successor(DELAY)) {
            after.kill();
            handedOver(before).close();
        }
    }

    /** The one that took its place. */
    private static IngressProgram handedOver(IngressProgram before) {
        IngressProgram next = before.successor(DELAY);
        assertTrue(next.log().contains("HTTP is taken over"), next::log);
        before.terminate();
        before.awaitEnd(Duration.ofSeconds(20));
        Poll.until("its own pages", Duration.ofSeconds(5), next::isReady);
        return next;
    }

    @Test
    void saysWhatARequestMeets() {
        try (IngressProgram program = IngressProgram.start(manifests)) {
            String routes = program.ask("routes", "shop").out();
            assertTrue(routes.contains(HOST) && routes.contains("shop/web:80, 1 endpoints"), routes);
            String explained =
                    program.ask("explain", "http://" + HOST + "/cart/../a?b").out();
            for (String line : List.of(
                    "request   http://shop.example/a?b",
                    "route     shop.example/ (Ingress shop/shop, rule 0, path 0)",
                    "endpoints " + pod.address())) {
                assertTrue(explained.contains(line), explained);
            }
            assertTrue(program.ask("certs").out().contains("(generated)"));
            assertEquals(1, program.ask("explain", "http://a/../..").exitCode());
        }
    }
}
