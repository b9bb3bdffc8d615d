package io.fairlead.lab.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fairlead.lab.run.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Images on disk.
 *
 * <p>Confined to the test thread.
 */
final class ContainerImageTest {

    private static final String NAME = "registry.example:5000/some/image:1.0";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void twoBuildsGiveTheSameBytes() throws IOException {
        assertEquals(
                image("content").writeArchive(folder.resolve("a.tar")),
                image("content").writeArchive(folder.resolve("b.tar")));
        assertEquals(-1, Files.mismatch(folder.resolve("a.tar"), folder.resolve("b.tar")));
        assertNotEquals(
                image("content").writeLayout(folder.resolve("c")),
                image("CONTENT").writeLayout(folder.resolve("d")));
        try (var left = Files.list(folder)) {
            assertEquals(4, left.count());
        }
    }

    @Test
    void everyReferenceLeadsToABlobOfThatDigestAndSize() throws IOException {
        String digest = image("content").writeLayout(folder);

        JsonNode index = read("index.json");
        JsonNode root = index.at("/manifests/0");
        assertEquals(digest, root.at("/digest").asText());
        assertEquals(NAME, root.at("/annotations/io.containerd.image.name").asText());
        assertEquals(
                "1.0", root.at("/annotations/org.opencontainers.image.ref.name").asText());
        JsonNode manifest = JSON.readTree(blob(root));
        JsonNode config = JSON.readTree(blob(manifest.at("/config")));
        assertEquals(2, manifest.at("/layers").size());
        for (int i = 0; i < 2; i++) {
            blob(manifest.at("/layers/" + i));
            assertEquals(
                    manifest.at("/layers/" + i + "/digest"),
                    config.at("/rootfs/diff_ids/" + i),
                    "a plain layer is its own content");
        }
        assertEquals("1.0.0", read("oci-layout").at("/imageLayoutVersion").asText());
        JsonNode docker = read("manifest.json").at("/0");
        assertEquals(NAME, docker.at("/RepoTags/0").asText());
        assertEquals(
                config,
                JSON.readTree(folder.resolve(docker.at("/Config").asText()).toFile()));
        assertEquals(
                "blobs/" + manifest.at("/layers/1/digest").asText().replace(':', '/'),
                docker.at("/Layers/1").asText());
    }

    @Test
    void configSaysHowAContainerRuns() throws IOException {
        image("content").writeLayout(folder);

        JsonNode config = JSON.readTree(
                folder.resolve(read("manifest.json").at("/0/Config").asText()).toFile());
        assertEquals("amd64", config.at("/architecture").asText());
        assertEquals(JSON.readTree("""
                {"User": "65532:65532", "Env": ["A=1", "B=2"], "Entrypoint": ["/program"], "Cmd": ["serve"],
                 "WorkingDir": "/", "Labels": {"org.example": "x"}}
                """), config.at("/config"));
        assertEquals("one", config.at("/history/0/created_by").asText());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"name", "name:tag", "docker.io/Name:tag", "docker.io/name", "docker.io/a b:tag", "a/../b:1"})
    void namesThatARuntimeWouldReadOtherwiseAreRefused(String name) {
        ImageLayer layer = ImageLayer.named("one").text("/program", 0755, "").build();

        assertThrows(
                IllegalArgumentException.class,
                () -> new ContainerImage(
                        name, List.of(layer), List.of("/program"), List.of(), Map.of(), "0:0", Map.of()));
    }

    @Test
    void aFolderWithSomethingInItIsLeftAlone() throws IOException {
        Files.writeString(folder.resolve("mine"), "");

        LabException refused = assertThrows(LabException.class, () -> image("x").writeLayout(folder));
        assertTrue(refused.toString().endsWith("it is not empty"), refused.toString());
    }

    private static ContainerImage image(String content) {
        ImageLayer one = ImageLayer.named("one").text("/program", 0755, content).build();
        ImageLayer two = ImageLayer.named("two").text("/data", 0644, content).build();
        return new ContainerImage(
                NAME,
                List.of(one, two),
                List.of("/program"),
                List.of("serve"),
                Map.of("B", "2", "A", "1"),
                "65532:65532",
                Map.of("org.example", "x"));
    }

    private JsonNode read(String file) throws IOException {
        return JSON.readTree(folder.resolve(file).toFile());
    }

    private byte[] blob(JsonNode descriptor) throws IOException {
        String digest = descriptor.at("/digest").asText();
        byte[] content = Files.readAllBytes(folder.resolve("blobs/" + digest.replace(':', '/')));
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(content);
            assertEquals(digest, "sha256:" + HexFormat.of().formatHex(sum));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
        assertEquals(content.length, descriptor.at("/size").asInt());
        return content;
    }
}
