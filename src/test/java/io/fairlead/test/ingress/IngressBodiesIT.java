package io.fairlead.test.ingress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Contents far larger than the memory of the ingress pass through it, and clients that do not read cost it little.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
@Timeout(60)
final class IngressBodiesIT {

    private static final String HOST = "shop.example";
    private static final long GIBI = 1L << 30;

    /** What the process may be larger than before; its heap may grow to 384 MiB, and buffers outside it to 32. */
    private static final int GROWTH_MAX_MIB = 80;

    private static final int SLOW_READERS = 200;
    private static final int SECONDS_OF_SILENCE = 5;

    private final ManifestFolder manifests = new ManifestFolder();
    private final EchoPod pod = EchoPod.start("web-1");
    private IngressProgram ingress;
    private MemoryWatch memory;

    @BeforeEach
    void start() {
        manifests.write("all.yaml", Yaml.web("web", pod) + Yaml.ingress("web", HOST + " / web"));
        ingress = IngressProgram.start(manifests);
        warm();
        memory = new MemoryWatch(ingress);
    }

    /** What the JVM loads and compiles of itself is no growth. */
    private void warm() {
        for (String version : List.of("--http1.1", "--http2-prior-knowledge")) {
            download(version, 20_000_000);
            upload(version, 20_000_000);
        }
    }

    @AfterEach
    void close() {
        memory.close();
        ingress.close();
        pod.close();
        manifests.close();
    }

    private Process curl(String... words) {
        List<String> command =
                new ArrayList<>(List.of("curl", "-sS", "--fail", "--max-time", "55", "-H", "Host: " + HOST));
        command.addAll(List.of(words));
        try {
            return new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void download(String version, long bytes) {
        Process curl = curl(version, ingress.url() + "/down/" + bytes);
        CRC32C sum = new CRC32C();
        long got = 0;
        try (InputStream in = curl.getInputStream()) {
            byte[] piece = new byte[1 << 16];
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                sum.update(piece, 0, read);
                got += read;
            }
            assertEquals(0, curl.waitFor());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            curl.destroyForcibly();
        }
        assertEquals(bytes, got);
        assertEquals(Bulk.sum(bytes), sum.getValue());
    }

    private void upload(String version, long bytes) {
        Process curl = curl(version, "-H", "Expect:", "-T", "-", ingress.url() + "/up");
        try {
            try (OutputStream out = new BufferedOutputStream(curl.getOutputStream(), 1 << 16)) {
                Bulk.write(out, bytes);
            }
            Echo echo = Echo.of(new String(curl.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1));
            assertEquals(0, curl.waitFor());
            assertEquals(bytes, echo.request().content().bytes());
            assertEquals(Bulk.sum(bytes), echo.request().content().sum());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            curl.destroyForcibly();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--http1.1", "--http2-prior-knowledge"})
    void aGibibyteComesDown(String version) {
        download(version, GIBI);
        memory.expectGrowthUpTo(GROWTH_MAX_MIB, "1 GiB down, curl " + version);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--http1.1", "--http2-prior-knowledge"})
    void aGibibyteGoesUp(String version) {
        upload(version, GIBI);
        memory.expectGrowthUpTo(GROWTH_MAX_MIB, "1 GiB up, curl " + version);
    }

    @Test
    void clientsThatDoNotReadCostLittle() throws IOException {
        List<H1Client> clients = new ArrayList<>();
        try {
            for (int i = 0; i < SLOW_READERS; i++) {
                H1Client client = H1Client.connect(ingress.http());
                clients.add(client);
                client.get(HOST, "/down/50000000").head();
            }
            for (int i = 0; i < SECONDS_OF_SILENCE * 10; i++) {
                LockSupport.parkNanos(100_000_000);
                try (H1Client other = H1Client.connect(ingress.http())) {
                    assertEquals(200, other.get(HOST, "/").answer().status());
                }
            }
            memory.expectGrowthUpTo(GROWTH_MAX_MIB, SLOW_READERS + " clients that do not read");
            // They get what they asked for when they read.
            clients.getFirst().in().skipNBytes(50_000_000 - 1);
            assertTrue(clients.getFirst().in().read() >= 0);
        } finally {
            clients.forEach(H1Client::close);
        }
    }

    @Test
    void streamsThatAreNotReadCostLittle() {
        List<H2Client> clients = new ArrayList<>();
        try {
            for (int i = 0; i < SLOW_READERS / 10; i++) {
                H2Client client = H2Client.connect(ingress.http());
                clients.add(client);
                for (int j = 0; j < 10; j++) {
                    client.getWithoutReading(HOST, "/down/50000000");
                }
            }
            for (int i = 0; i < SECONDS_OF_SILENCE * 10; i++) {
                LockSupport.parkNanos(100_000_000);
                try (H1Client other = H1Client.connect(ingress.http())) {
                    assertEquals(200, other.get(HOST, "/").answer().status());
                }
            }
            memory.expectGrowthUpTo(GROWTH_MAX_MIB, SLOW_READERS + " streams that are not read");
        } finally {
            clients.forEach(H2Client::close);
        }
    }
}
