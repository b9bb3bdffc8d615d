package io.fairlead.agent.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The file of a bug report: its limits, and what must not be in it.
 *
 * <p>Confined to the test thread.
 */
class SupportBundleTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no answer from https://joe:hunter2@10.0.0.1:6443/api|no answer from https://(removed)@10.0.0.1:6443/api",
                "no answer from https://hunter2@host|no answer from https://(removed)@host",
                "Authorization: Bearer hunter2hunter2|Authorization: Bearer (removed)",
                "{\"token\": \"hunter2\", \"port\": 80}|{\"token\": \"(removed)\", \"port\": 80}",
                "password=hunter2 next|password=(removed) next",
                "client-key-data: hunter2|client-key-data: (removed)",
                "said eyJhbGciOiJSUzI1NiJ9.eyJodW50ZXIyIjoxfQ.hunter2 here|said (removed) here",
                "-----BEGIN EC PRIVATE KEY----- hunter2|(removed)"
            })
    void removesWhatLooksLikeASecret(String line, String clean) {
        assertEquals(clean, Redaction.line(line));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "default/token:http/tcp  172.30.0.41:80/tcp  ClusterIP",
                "default/my-secret:http/tcp  10.180.0.1:8080",
                "2026-01-01T00:00:00.000Z info SyncReporter: ready: 5 Services in the kernel",
                "# HELP fairlead_services Services."
            })
    void leavesTheRest(String line) {
        assertEquals(line, Redaction.line(line));
    }

    @Test
    void isReadableByItsOwnerOnlyAndReplacesNothing() throws IOException {
        Path file = folder.resolve("report.zip");
        try (SupportBundle bundle = new SupportBundle(file)) {
            bundle.add("a.txt", "one\ntwo");
            bundle.add("b.txt", "");
        }
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        try (ZipFile zip = new ZipFile(file.toFile())) {
            assertEquals("one\ntwo\n", text(zip, "a.txt"));
            assertEquals("", text(zip, "b.txt"));
        }
        assertThrows(FileAlreadyExistsException.class, () -> new SupportBundle(file).close());
    }

    private static String text(ZipFile zip, String name) throws IOException {
        ZipEntry entry = zip.getEntry(name);
        return new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void textsAreCutWhereTheyAreTooLong() throws IOException {
        Path file = folder.resolve("report.zip");
        String line = "x".repeat(999) + "\n";
        int lines = SupportBundle.TEXT_BYTES_MAX / line.length() + 500;
        try (SupportBundle bundle = new SupportBundle(file)) {
            bundle.add("long.txt", line.repeat(lines));
            bundle.add("next.txt", "next");
        }
        try (ZipFile zip = new ZipFile(file.toFile())) {
            String text = text(zip, "long.txt");
            assertTrue(text.length() <= SupportBundle.TEXT_BYTES_MAX + 100, () -> "" + text.length());
            assertTrue(text.endsWith("x\n(cut here: too long)\n"));
            assertEquals("next\n", text(zip, "next.txt"));
        }
    }
}
