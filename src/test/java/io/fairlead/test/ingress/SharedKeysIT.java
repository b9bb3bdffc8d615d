package io.fairlead.test.ingress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.test.Poll;
import io.fairlead.test.program.Fairlead;
import io.fairlead.test.program.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two replicas of the ingress with keys that a controller keeps, on a cluster that is a directory.
 *
 * <p>Confined to the test thread.
 */
@Timeout(60)
final class SharedKeysIT {

    private static final Duration SEEN_MAX = Duration.ofSeconds(20);
    private static final String SHARED = "fairlead_ingress_shared_keys";

    @TempDir
    private Path sessions;

    private static final String HOST = "shop.example.com";

    private final ManifestFolder manifests = new ManifestFolder();
    private Program controller;
    private IngressProgram first;
    private IngressProgram second;

    @BeforeEach
    void start() {
        // A session is resumed under the same certificate only.
        manifests.write("cert.yaml", Yaml.secret("cert", TestCertificate.of("shop", HOST)));
        manifests.write("ingress.yaml", Yaml.ingress("shop", List.of(HOST + " cert"), List.of(), HOST + " / web"));
        controller = Program.start(Fairlead.line(
                "controller",
                "--manifests=" + manifests.path(),
                "--status-dir=" + manifests.path().resolve("written"),
                "--lease=system/controller",
                "--keys-secret=system/keys",
                "--key-rotation=4s",
                "--key-notice=2s",
                "--ticket-key-lifetime=30s",
                "--cookie-key-lifetime=30s",
                "--pages-address="));
        first = IngressProgram.start(manifests, "--keys-secret=system/keys");
        second = IngressProgram.start(manifests, "--keys-secret=system/keys");
        Poll.until("both have the keys", SEEN_MAX, () -> first.metric(SHARED) == 1 && second.metric(SHARED) == 1);
    }

    @AfterEach
    void close() {
        first.close();
        second.close();
        controller.close();
        manifests.close();
    }

    private String handshake(IngressProgram ingress, String... more) {
        List<String> line = new ArrayList<>(List.of(
                "openssl",
                "s_client",
                "-connect",
                ingress.https().getHostString() + ":" + ingress.https().getPort(),
                "-servername",
                HOST,
                "-tls1_2"));
        line.addAll(List.of(more));
        return Fairlead.end(Program.start(line)).out();
    }

    @Test
    void ticketOfOneReplicaIsTakenByTheOtherAlsoAfterARotation() {
        String file = sessions.resolve("session").toString();
        assertTrue(handshake(first, "-sess_out", file).contains("\nNew, TLSv1.2"));
        assertTrue(Files.exists(Path.of(file)));
        String resumed = handshake(second, "-sess_in", file);
        assertTrue(resumed.contains("\nReused, TLSv1.2"), resumed);
        int changes = changes();
        Poll.until("the keys were rotated", SEEN_MAX, () -> changes() >= changes + 3);
        resumed = handshake(second, "-sess_in", file);
        assertTrue(resumed.contains("\nReused, TLSv1.2"), resumed);
        try (IngressProgram alone = IngressProgram.start(manifests)) {
            String other = handshake(alone, "-sess_in", file);
            assertTrue(other.contains("\nNew, TLSv1.2"), other);
            assertEquals(0, alone.metric(SHARED));
        }
    }

    /** How often the controller has written, each with a line in its log. */
    private int changes() {
        return controller.log().split("shared keys: ", -1).length;
    }
}
