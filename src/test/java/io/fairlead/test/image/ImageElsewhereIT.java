package io.fairlead.test.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fairlead.image.FairleadImage;
import io.fairlead.image.ImageInput;
import io.fairlead.lab.image.BuildCommand;
import io.fairlead.lab.kube.Judges;
import io.fairlead.lab.run.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What other programs read in the image, and that a second build gives the same one.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
final class ImageElsewhereIT {

    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    @TempDir
    private Path folder;

    @Test
    void skopeoReadsArchiveAndLayout() throws IOException {
        List<String> layers = BuiltImage.layers(BuiltImage.LAYOUT);
        String layout = "oci:" + BuiltImage.LAYOUT;
        String archive = "docker-archive:" + BuiltImage.ARCHIVE;

        for (String source : List.of(layout, archive)) {
            JsonNode seen = new ObjectMapper().readTree(BuildCommand.run(folder, List.of("skopeo", "inspect", source)));
            List<String> digests = new ArrayList<>();
            seen.at("/Layers").forEach(layer -> digests.add(layer.asText()));
            assertEquals(layers, digests, source);
            assertEquals("amd64", seen.at("/Architecture").asText(), source);
        }
        // Copying checks every digest.
        String copy = "oci:" + folder.resolve("copy") + ":copied";
        BuildCommand.run(folder, List.of("skopeo", "copy", "--insecure-policy", archive, copy));
        assertEquals(
                BuiltImage.config(BuiltImage.LAYOUT),
                new ObjectMapper()
                        .readTree(BuildCommand.run(folder, List.of("skopeo", "inspect", "--config", "--raw", copy))));
    }

    @Test
    void containerdImportsTheArchive() throws IOException {
        Judges judges = new Judges(BuiltImage.PROJECT.resolve("target/judges"));
        Path socket = folder.resolve("s.sock");
        Path settings = Files.writeString(folder.resolve("config.toml"), """
                version = 3
                root = "%1$s/root"
                state = "%1$s/state"
                disabled_plugins = ["io.containerd.cri.v1.images", "io.containerd.cri.v1.runtime", "io.containerd.grpc.v1.cri"]
                [grpc]
                  address = "%1$s/s.sock"
                """.formatted(folder));
        String daemon = judges.program("containerd", "containerd").toString();
        String client = judges.program("containerd", "ctr").toString();
        Process containerd = new ProcessBuilder(
                        "unshare",
                        "--mount",
                        "--pid",
                        "--fork",
                        "--kill-child",
                        "--net",
                        "--mount-proc",
                        daemon,
                        "-c",
                        settings.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        try {
            awaitAnswer(client, socket);
            long start = System.nanoTime();
            ctr(client, socket, "images", "import", BuiltImage.ARCHIVE.toString());
            System.out.printf("containerd imported the image in %d ms%n", (System.nanoTime() - start) / 1_000_000);
            String name = "docker.io/fairlead/fairlead:"
                    + BuiltImage.config(BuiltImage.LAYOUT)
                            .at("/config/Labels/org.opencontainers.image.version")
                            .asText();
            assertEquals(name + "\n", ctr(client, socket, "images", "ls", "-q"));
            String check = ctr(client, socket, "images", "check");
            assertTrue(check.contains("complete"), check);
        } finally {
            // unshare ignores SIGTERM, and takes its child with it.
            containerd.destroyForcibly();
            containerd.onExit().join();
        }
    }

    private void awaitAnswer(String client, Path socket) {
        long deadline = System.nanoTime() + DEADLINE_NANOS;
        while (true) {
            try {
                ctr(client, socket, "version");
                return;
            } catch (LabException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
    }

    private String ctr(String client, Path socket, String... words) {
        List<String> line = new ArrayList<>(List.of(client, "-a", socket.toString()));
        line.addAll(List.of(words));
        return BuildCommand.run(folder, line);
    }

    /** All but the recording, which has addresses and times of the JVM that made it. */
    @Test
    void secondBuildGivesTheSameLayers() throws IOException {
        String version = BuiltImage.config(BuiltImage.LAYOUT)
                .at("/config/Labels/org.opencontainers.image.version")
                .asText();
        Path work = Files.createDirectory(folder.resolve("work"));
        Path again = folder.resolve("again");
        new FairleadImage(new ImageInput(BuiltImage.PROJECT, version), work, _ -> {})
                .writeUnrecorded(FairleadImage.distribution(), again);

        List<String> before = BuiltImage.layers(BuiltImage.LAYOUT);
        List<String> after = BuiltImage.layers(again);
        assertEquals(before.subList(0, before.size() - 1), after);
        assertEquals(4, after.size(), "base, runtime, libraries, programs");
    }
}
