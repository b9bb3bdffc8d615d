package io.fairlead.lab.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.lab.run.LabException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a layer holds and refuses.
 *
 * <p>Confined to the test thread.
 */
final class ImageLayerTest {

    private static final String NO_TIME_OR_OWNER = " 2026-01-01T00:00:00Z 0:0 ";

    @TempDir
    Path folder;

    @Test
    void entriesAreSortedOfOneTimeAndOwnedByRoot() throws IOException {
        Path program = Files.writeString(folder.resolve("program"), "run me");
        Files.setLastModifiedTime(program, FileTime.from(Instant.EPOCH));
        ImageLayer layer = ImageLayer.named("files")
                .file("/usr/bin/program", 0755, program)
                .link("/bin", "usr/bin")
                .text("/etc/passwd", 0644, "root:x:0:0\n")
                .folder("/tmp", 01777)
                .build();

        assertEquals(
                List.of(
                        "777" + NO_TIME_OR_OWNER + "bin -> usr/bin",
                        "755" + NO_TIME_OR_OWNER + "etc/",
                        "644" + NO_TIME_OR_OWNER + "etc/passwd: root:x:0:0\n",
                        "1777" + NO_TIME_OR_OWNER + "tmp/",
                        "755" + NO_TIME_OR_OWNER + "usr/",
                        "755" + NO_TIME_OR_OWNER + "usr/bin/",
                        "755" + NO_TIME_OR_OWNER + "usr/bin/program: run me"),
                listing(layer));
        assertEquals(List.of("/bin", "/etc/passwd", "/usr/bin/program"), layer.files());
    }

    @Test
    void treeKeepsLinksAndWhatMayBeRun() throws IOException {
        Files.createDirectories(folder.resolve("lib/empty"));
        Path run = Files.writeString(folder.resolve("lib/run"), "x");
        Files.createSymbolicLink(folder.resolve("lib/again"), Path.of("run"));
        Files.writeString(folder.resolve("data"), "y");
        assertTrue(run.toFile().setExecutable(true));

        assertEquals(
                List.of(
                        "755" + NO_TIME_OR_OWNER + "opt/",
                        "755" + NO_TIME_OR_OWNER + "opt/x/",
                        "644" + NO_TIME_OR_OWNER + "opt/x/data: y",
                        "755" + NO_TIME_OR_OWNER + "opt/x/lib/",
                        "777" + NO_TIME_OR_OWNER + "opt/x/lib/again -> run",
                        "755" + NO_TIME_OR_OWNER + "opt/x/lib/empty/",
                        "755" + NO_TIME_OR_OWNER + "opt/x/lib/run: x"),
                listing(ImageLayer.named("tree").tree("/opt/x", folder).build()));
    }

    @Test
    void longAndForeignNamesSurvive() throws IOException {
        String path = "/" + "long/".repeat(60) + "ä".repeat(120);
        ImageLayer layer = ImageLayer.named("names").text(path, 0600, "z").build();

        assertEquals(
                "600" + NO_TIME_OR_OWNER + path.substring(1) + ": z",
                listing(layer).getLast());
        assertArrayEquals(bytes(layer), bytes(layer));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "etc/passwd",
                "//etc",
                "/etc/",
                "/etc/../root",
                "/./etc",
                "/..",
                "/etc/.wh.passwd",
                "/.wh..wh..opq",
                "/a\u0000b",
                "/a\nb"
            })
    void hostileNamesAreRefused(String path) {
        ImageLayer.Builder builder = ImageLayer.named("hostile");

        assertThrows(IllegalArgumentException.class, () -> builder.text(path, 0644, ""));
    }

    @Test
    void namesLongerThanTheKernelsAreRefused() {
        ImageLayer.Builder builder = ImageLayer.named("long");

        assertThrows(IllegalArgumentException.class, () -> builder.text("/" + "a".repeat(256), 0644, ""));
        assertThrows(IllegalArgumentException.class, () -> builder.text("/a".repeat(2100), 0644, ""));
        assertThrows(IllegalArgumentException.class, () -> builder.link("/a", ""));
        assertThrows(IllegalArgumentException.class, () -> builder.link("/a", "b\u0000c"));
    }

    @Test
    void aPathIsOneThing() {
        ImageLayer.Builder builder =
                ImageLayer.named("twice").text("/a", 0644, "first").folder("/d", 0700);

        assertThrows(IllegalArgumentException.class, () -> builder.text("/a", 0644, "second"));
        assertThrows(IllegalArgumentException.class, () -> builder.folder("/d", 0755));
        assertThrows(IllegalArgumentException.class, () -> builder.text("/b", 010000, ""));
    }

    @Test
    void nothingIsWrittenThroughALinkOrAFile() {
        IllegalArgumentException below = assertThrows(
                IllegalArgumentException.class,
                () -> ImageLayer.named("through")
                        .link("/lib", "/usr/lib")
                        .text("/lib/x", 0644, "")
                        .build());

        assertEquals("path '/lib/x' in a layer: /lib is not a folder", below.getMessage());
    }

    @Test
    void aFileThatIsGoneIsNamed() throws IOException {
        Path source = Files.writeString(folder.resolve("source"), "content");
        ImageLayer layer = ImageLayer.named("gone").file("/x", 0644, source).build();
        Files.delete(source);

        LabException gone = assertThrows(LabException.class, () -> bytes(layer));
        assertTrue(gone.toString().contains("layer gone: cannot write /x: "), gone.toString());
        assertThrows(
                IllegalArgumentException.class, () -> ImageLayer.named("folder").file("/x", 0644, folder));
    }

    private static byte[] bytes(ImageLayer layer) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        layer.writeTo(out);
        return out.toByteArray();
    }

    private static List<String> listing(ImageLayer layer) throws IOException {
        List<String> lines = new ArrayList<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(bytes(layer)), "UTF-8")) {
            for (TarArchiveEntry each = tar.getNextEntry(); each != null; each = tar.getNextEntry()) {
                StringBuilder line = new StringBuilder(Integer.toOctalString(each.getMode()));
                line.append(' ').append(each.getLastModifiedTime().toInstant()).append(' ');
                line.append(each.getLongUserId()).append(':').append(each.getLongGroupId());
                line.append(each.getUserName())
                        .append(each.getGroupName())
                        .append(' ')
                        .append(each.getName());
                if (each.isSymbolicLink()) {
                    line.append(" -> ").append(each.getLinkName());
                } else if (!each.isDirectory()) {
                    line.append(": ").append(new String(tar.readAllBytes(), StandardCharsets.UTF_8));
                }
                lines.add(line.toString());
            }
        }
        return lines;
    }
}
