package io.fairlead.test.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.test.Poll;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Controllers as processes, on a cluster that is a directory.
 *
 * <p>Confined to the test thread.
 */
@Timeout(60)
final class ControllerIT {

    private static final Duration START_MAX = Duration.ofSeconds(20);

    /** Fifteen seconds of the Lease, the time between two attempts, and those of this machine. */
    private static final Duration TAKE_OVER_MAX = Duration.ofSeconds(20);

    private static final Pattern HOLDER = Pattern.compile("(?m)^ {2}holderIdentity: '?([^'\n]*)'?$");
    private static final Pattern LEADS = Pattern.compile("(?m) (\\S+_[0-9a-f]{16}) leads$");
    private static final Pattern KEYS = Pattern.compile("(?m)^ {2}keys: (\\S+)$");

    @TempDir
    private Path folder;

    private Path lease;
    private Path secret;
    private final List<Program> programs = new ArrayList<>();

    @BeforeEach
    void name() {
        lease = folder.resolve("written/lease/system/controller.yaml");
        secret = folder.resolve("written/secret/system/keys.yaml");
    }

    @AfterEach
    void close() {
        programs.forEach(Program::close);
    }

    private Program start(String... more) {
        List<String> words = new ArrayList<>(List.of(
                "controller",
                "--manifests=" + folder,
                "--status-dir=" + folder.resolve("written"),
                "--lease=system/controller",
                "--keys-secret=system/keys",
                "--pages-address="));
        words.addAll(List.of(more));
        Program program = Program.start(Fairlead.line(words.toArray(String[]::new)));
        programs.add(program);
        return program;
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String find(Pattern pattern, String text) {
        Matcher found = pattern.matcher(text);
        return found.find() ? found.group(1) : "";
    }

    private String holder() {
        return find(HOLDER, text(lease));
    }

    /** The shared keys, a line each. */
    private String keys() {
        byte[] bytes = Base64.getDecoder().decode(find(KEYS, text(secret)));
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private static String nameOf(Program leader) {
        return find(LEADS, leader.log());
    }

    private void awaitLeader(Program program, Duration longest) {
        Poll.until("it leads: " + program.log(), longest, () -> {
            String name = nameOf(program);
            return !name.isEmpty() && name.equals(holder());
        });
    }

    @Test
    void theNextOneLeadsWhenALeaderIsKilled() {
        Program first = start();
        awaitLeader(first, START_MAX);
        Program second = start();
        second.awaitText("when it leads", START_MAX);
        Poll.until("keys", START_MAX, () -> keys().contains("tickets current"));
        String before = keys();
        first.signal("KILL");
        first.awaitEnd(START_MAX);
        long killed = System.nanoTime();
        awaitLeader(second, TAKE_OVER_MAX);
        Duration gap = Duration.ofNanos(System.nanoTime() - killed);
        assertTrue(gap.compareTo(Duration.ofSeconds(10)) > 0, "the first one might have been only slow: " + gap);
        assertEquals(before, keys(), "a new leader goes on with the keys that are there");
    }

    @Test
    void leaderThatIsAskedToEndGivesTheLeaseBack() {
        Program first = start();
        awaitLeader(first, START_MAX);
        first.signal("TERM");
        assertEquals(0, first.awaitEnd(START_MAX).exitCode());
        assertEquals("", holder());
        Program second = start();
        awaitLeader(second, START_MAX);
        assertTrue(text(lease).contains("leaseTransitions: 1"), text(lease));
    }

    @Test
    void keysAreRotated() throws IOException {
        Program program =
                start("--key-rotation=2s", "--key-notice=1s", "--ticket-key-lifetime=4s", "--cookie-key-lifetime=10s");
        Poll.until("keys", START_MAX, () -> keys().contains("tickets current"));
        String first = find(Pattern.compile("tickets current \\S+ (\\S+)"), keys());
        Poll.until("the next one is published", START_MAX, () -> keys().contains("tickets next "));
        assertTrue(keys().contains("tickets current") && keys().contains(first), "the first one is still in use");
        Poll.until(
                "the first one is old",
                START_MAX,
                () -> find(Pattern.compile("tickets old \\S+ (\\S+)"), keys()).equals(first));
        Poll.until("the first one is gone", START_MAX, () -> !keys().contains(first));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)));
        program.signal("TERM");
        Program.Ended ended = program.awaitEnd(START_MAX);
        for (String line : keys().split("\n", -1)) {
            String key = line.substring(line.lastIndexOf(' ') + 1);
            assertTrue(key.isEmpty() || !ended.toString().contains(key), "no key is ever in the log");
        }
    }

    @Test
    void keysThatCannotBeReadStay() throws IOException {
        Files.createDirectories(secret.getParent());
        String foreign = """
                apiVersion: v1
                kind: Secret
                metadata: {name: keys, namespace: system, resourceVersion: '7'}
                type: fairlead.io/shared-keys
                data: {keys: aHVudGVyMg==}
                """;
        Files.writeString(secret, foreign);
        Program program = start();
        program.awaitText("Put back what was there, or delete the Secret", START_MAX);
        assertEquals(foreign, Files.readString(secret));
        assertTrue(!program.log().contains("hunter2") && !program.log().contains("aHVudGVyMg"), program.log());
        Files.delete(secret);
        Poll.until("new keys", START_MAX, () -> text(secret).contains("keys:"));
    }

    @Test
    void wordsThatDoNotFitAreRefused() {
        Program.Ended ended = Fairlead.run("controller", "--manifests=" + folder);
        assertEquals(2, ended.exitCode());
        assertTrue(ended.err().contains("--manifests needs --status-dir"), ended.err());
        ended = Fairlead.run("controller", "--key-rotation=10m", "--ticket-key-lifetime=24h");
        assertEquals(2, ended.exitCode());
        assertTrue(ended.err().contains("make 147 keys; 16 are accepted"), ended.err());
        ended = Fairlead.run("controller", "--lease=Nowhere");
        assertEquals(2, ended.exitCode());
    }
}
