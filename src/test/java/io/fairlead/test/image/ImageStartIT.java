package io.fairlead.test.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Programs of the image, started in its own files, all of them read-only.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ImageStartIT {

    private static final int UNAVAILABLE = 69;
    private static final int STARTS = 3;
    private static final Path SAMPLE = BuiltImage.PROJECT.resolve("docs/samples/first-service");
    private static final String MANIFESTS = "/run/fairlead";

    @TempDir
    private static Path folder;

    private BuiltImage image;

    /** Immutable. */
    private record Ended(int exitCode, String output) {}

    @BeforeAll
    void unpack() {
        image = new BuiltImage(folder);
    }

    @Test
    void saysItsVersion() {
        String version = BuiltImage.config(BuiltImage.LAYOUT)
                .at("/config/Labels/org.opencontainers.image.version")
                .asText();

        assertEquals(new Ended(0, "fairlead " + version + "\n"), agent("--version"));
        assertEquals(new Ended(0, "fairlead " + version + "\n"), run("/usr/bin/fairlead", "proxy", "--version"));
    }

    @Test
    void dryRunNeedsNothingThatCouldBeWritten() {
        Ended ended = agent("--dry-run", "--manifests", MANIFESTS);

        assertEquals(0, ended.exitCode(), ended::output);
        assertTrue(ended.output().contains("172.30.0.41"), ended::output);
    }

    @Test
    void commandSaysThatNothingRuns() {
        Ended ended = run("/usr/bin/fairlead", "status", "--run-dir", "/tmp");

        assertEquals(UNAVAILABLE, ended.exitCode(), ended::output);
        assertTrue(ended.output().contains("not running"), ended::output);
    }

    /** The JVM would read a file that it is told so; a word for Fairlead is no word for the JVM. */
    @Test
    void wordsOfTheCommandLineAreTheProgramsOwn() {
        Ended ended = run("/usr/bin/fairlead", "@/etc/passwd");

        assertEquals(2, ended.exitCode(), ended::output);
        assertTrue(ended.output().contains("unknown command '@/etc/passwd'"), ended::output);
    }

    @Test
    void outputIsUtf8() {
        Ended ended = run(BuiltImage.JAVA, "-XshowSettings:properties", "-version");

        assertTrue(ended.output().contains("sun.jnu.encoding = UTF-8"), ended::output);
    }

    /** The JVM says nothing of a recording that does not fit, and starts without: told to insist, it stops. */
    @Test
    void startComesFromTheRecording() throws IOException {
        assertEquals(0, insistingOnTheRecording().exitCode(), "the recording does not fit the image");

        Path jar = image.file(image.files().stream()
                .filter(file -> file.matches("/opt/fairlead/app/fairlead-agent-.*[.]jar"))
                .findFirst()
                .orElseThrow());
        FileTime before = Files.getLastModifiedTime(jar);
        Files.setLastModifiedTime(jar, FileTime.from(Instant.EPOCH));
        try {
            assertTrue(insistingOnTheRecording().exitCode() != 0, "it insists on nothing");
        } finally {
            Files.setLastModifiedTime(jar, before);
        }
    }

    private Ended insistingOnTheRecording() {
        return run(BuiltImage.JAVA, "-XX:AOTMode=on", BuiltImage.AGENT_ARGUMENTS, "proxy", "--version");
    }

    @Test
    void recordingMakesStartsShorter() {
        long with = Long.MAX_VALUE;
        long without = Long.MAX_VALUE;
        for (int i = 0; i < STARTS; i++) {
            with = Math.min(with, startMillis("-XX:AOTMode=auto"));
            without = Math.min(without, startMillis("-XX:AOTMode=off"));
        }
        System.out.printf("dry run in the image: %d ms with the recording, %d ms without%n", with, without);
        assertTrue(with < without, with + " ms with the recording, " + without + " ms without");
    }

    private long startMillis(String aotMode) {
        long start = System.nanoTime();
        Ended ended = run(
                BuiltImage.JAVA, aotMode, BuiltImage.AGENT_ARGUMENTS, "proxy", "--dry-run", "--manifests", MANIFESTS);
        assertEquals(0, ended.exitCode(), ended::output);
        return (System.nanoTime() - start) / 1_000_000;
    }

    @Test
    void toolsThatRemoveRulesOfKubeProxyRun() {
        for (String tool : List.of("iptables-nft", "ip6tables-nft", "iptables-legacy", "ip6tables-legacy")) {
            Ended ended = run("/usr/sbin/" + tool + "-save", "--version");

            assertEquals(0, ended.exitCode(), ended::output);
            String kind = tool.endsWith("nft") ? "(nf_tables)" : "(legacy)";
            assertTrue(ended.output().contains(kind), ended::output);
        }
    }

    private Ended agent(String... words) {
        List<String> command = new ArrayList<>(List.of(BuiltImage.JAVA, BuiltImage.AGENT_ARGUMENTS, "proxy"));
        command.addAll(List.of(words));
        return run(command.toArray(String[]::new));
    }

    private Ended run(String... words) {
        List<String> line = image.unpacked().command(List.of(), Map.of(MANIFESTS, SAMPLE), List.of(words));
        ProcessBuilder builder =
                new ProcessBuilder(line).redirectErrorStream(true).redirectInput(new File("/dev/null"));
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        BuiltImage.config(BuiltImage.LAYOUT).at("/config/Env").forEach(variable -> {
            String[] nameAndValue = variable.asText().split("=", 2);
            if (!nameAndValue[0].equals("PATH")) {
                builder.environment().put(nameAndValue[0], nameAndValue[1]);
            }
        });
        try {
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(process.waitFor(), output);
        } catch (IOException e) {
            throw new AssertionError("cannot run " + line, e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }
}
