package io.fairlead.test.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.kernel.iptables.IptablesTools;
import io.fairlead.test.Poll;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    private static final Duration READY_MAX = Duration.ofSeconds(20);

    /** Matches that the sample has no use for. */
    private static final String AFFINITY = """
            *nat
            :AFFINITY - [0:0]
            -A AFFINITY -m recent --rcheck --seconds 10800 --reap --name FL-B --rsource -j RETURN
            -A AFFINITY -p sctp -m sctp --dport 80 -m statistic --mode random --probability 0.5 -j RETURN
            COMMIT
            """;

    private static final Pattern HTTP_PORT = Pattern.compile("FrontDoor: HTTP at 127[.]0[.]0[.]1:([0-9]+)");
    private static final Pattern NOT_FOUND = Pattern.compile("^HTTP/1.1 404 ");

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

    /** As a container does that nobody told otherwise. */
    @Test
    void dryRunNeedsNoRights() throws IOException {
        Setpriv setpriv = Setpriv.in(image, folder.resolve("tools"));
        List<String> command = new ArrayList<>(Setpriv.words(
                "--reuid=65532", "--regid=65532", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all"));
        command.addAll(List.of(BuiltImage.JAVA, BuiltImage.AGENT_ARGUMENTS, "proxy", "--dry-run", "--manifests"));
        command.add(MANIFESTS);
        Ended ended = run(Map.of(MANIFESTS, SAMPLE, Setpriv.PLACE, setpriv.folder()), command);

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

    /** The class that is started is no part of what must fit, so that one recording serves several programs. */
    @Test
    void allProgramsStartFromARecording() {
        for (String name : List.of("ingress", "ingress-tool", "controller", "tool")) {
            String word = name.replace("-tool", "").replace("tool", "proxy");
            Ended ended =
                    run(BuiltImage.JAVA, "-XX:AOTMode=on", "@/opt/fairlead/app/" + name + ".args", word, "--help");
            assertEquals(0, ended.exitCode(), () -> name + ": " + ended.output());
        }
    }

    @Test
    void theFirstWordChoosesTheProgram() {
        Ended controller = run("/usr/bin/fairlead", "controller", "--help");
        assertEquals(0, controller.exitCode(), controller::output);
        assertTrue(controller.output().contains("--key-rotation"), controller::output);
        Ended ingress = run("/usr/bin/fairlead", "ingress", "--help");
        assertEquals(0, ingress.exitCode(), ingress::output);
        assertTrue(ingress.output().contains("--https-address"), ingress::output);
        Ended asking = run("/usr/bin/fairlead", "ingress", "routes");
        assertEquals(UNAVAILABLE, asking.exitCode(), asking::output);
        assertTrue(asking.output().contains("not running"), asking::output);
    }

    /** As the chart runs it: without rights, with nothing that could be written but its run directory. */
    @Test
    void ingressServesWithTheNativeLibrariesOfTheImage() throws IOException {
        Setpriv setpriv = Setpriv.in(image, folder.resolve("tools-of-ingress"));
        Path log = folder.resolve("ingress.log");
        for (String aotMode : List.of("auto", "off")) {
            long begin = System.nanoTime();
            Process started = ingress(setpriv, aotMode, log);
            try {
                Poll.until("ready", READY_MAX, () -> read(log).contains("FrontDoor: ready"));
                System.out.printf(
                        "ingress in the image, recording %s: %d ms to ready%n",
                        aotMode, (System.nanoTime() - begin) / 1_000_000);
                ProcessHandle java = started.descendants().findFirst().orElseThrow();
                String mapped = read(Path.of("/proc", String.valueOf(java.pid()), "maps"));
                for (String library : List.of("netty_transport_native_epoll", "netty_tcnative")) {
                    assertTrue(mapped.contains("/opt/fairlead/lib/native/lib" + library), mapped);
                }
                assertFalse(read(log).contains(" warning "), () -> read(log));
                assertTrue(NOT_FOUND.matcher(answer(log)).find(), () -> read(log));
            } finally {
                // It would outlive what made its namespaces.
                started.descendants().forEach(ProcessHandle::destroyForcibly);
                started.destroyForcibly();
                started.onExit().join();
            }
        }
    }

    private Process ingress(Setpriv setpriv, String aotMode, Path log) throws IOException {
        List<String> command = new ArrayList<>(Setpriv.words(
                "--reuid=65532", "--regid=65532", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all"));
        command.addAll(List.of(BuiltImage.JAVA, "-XX:AOTMode=" + aotMode, BuiltImage.INGRESS_ARGUMENTS));
        command.addAll(List.of("ingress", "--manifests=" + MANIFESTS, "--run-dir=/tmp"));
        command.addAll(List.of("--http-address=127.0.0.1:0", "--https-address=127.0.0.1:0", "--pages-address="));
        List<String> line = image.unpacked()
                .command(List.of("/tmp"), Map.of(MANIFESTS, SAMPLE, Setpriv.PLACE, setpriv.folder()), command);
        return builder(line).redirectOutput(log.toFile()).start();
    }

    /** What it says to a request that no route is for. */
    private static String answer(Path log) throws IOException {
        Matcher port = HTTP_PORT.matcher(read(log));
        assertTrue(port.find(), () -> read(log));
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(port.group(1)))) {
            client.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: nobody.example.com\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
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

    /** For mode iptables and for rules of kube-proxy, at a place where {@link IptablesTools} looks. */
    @Test
    void toolsOfBothFlavoursRun() {
        for (String tool : List.of("iptables-nft", "ip6tables-nft", "iptables-legacy", "ip6tables-legacy")) {
            for (String verb : List.of("-save", "-restore")) {
                Ended ended = run("/usr/sbin/" + tool + verb, "--version");

                assertEquals(0, ended.exitCode(), ended::output);
                String kind = tool.endsWith("nft") ? "(nf_tables)" : "(legacy)";
                assertTrue(ended.output().contains(kind), ended::output);
            }
        }
    }

    /** What mode iptables writes is understood by the tools of the image, with the matches and targets that are in it. */
    @ParameterizedTest
    @ValueSource(strings = {"nft", "legacy"})
    void toolsUnderstandTheRulesOfModeIptables(String flavour) throws IOException {
        String printed = agent("--dry-run", "--mode=iptables", "--manifests", MANIFESTS)
                .output()
                .replace("# ip6tables\n", "# iptables\n");
        String[] families = printed.split("# iptables\n", -1);
        assertEquals(3, families.length, printed);
        for (String tool : List.of("iptables", "ip6tables")) {
            String rules = families[tool.equals("iptables") ? 1 : 2];
            Path file = Files.writeString(folder.resolve(tool + "-" + flavour + ".rules"), rules + AFFINITY);
            List<String> command = new ArrayList<>(List.of("unshare", "--net", "--"));
            command.addAll(image.unpacked()
                    .command(
                            List.of("/run"),
                            Map.of("/root", folder),
                            List.of("/usr/sbin/" + tool + "-" + flavour + "-restore", "/root/" + file.getFileName())));
            Ended ended = end(command);
            assertEquals(0, ended.exitCode(), () -> ended.output() + rules);
        }
    }

    private Ended agent(String... words) {
        List<String> command = new ArrayList<>(List.of(BuiltImage.JAVA, BuiltImage.AGENT_ARGUMENTS, "proxy"));
        command.addAll(List.of(words));
        return run(command.toArray(String[]::new));
    }

    private Ended run(String... words) {
        return run(Map.of(MANIFESTS, SAMPLE), List.of(words));
    }

    private Ended run(Map<String, Path> binds, List<String> words) {
        return end(image.unpacked().command(List.of(), binds, words));
    }

    private static Ended end(List<String> line) {
        try {
            Process process = builder(line).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(process.waitFor(), output);
        } catch (IOException e) {
            throw new AssertionError("cannot run " + line, e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    /** With the environment that the image says. */
    private static ProcessBuilder builder(List<String> line) {
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
        return builder;
    }
}
