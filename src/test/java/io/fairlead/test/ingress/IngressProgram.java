package io.fairlead.test.ingress;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.test.Poll;
import io.fairlead.test.program.Fairlead;
import io.fairlead.test.program.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * {@code fairlead ingress} as a process, on an address of its own.
 *
 * <p>Thread-safe.
 */
final class IngressProgram implements AutoCloseable {

    private static final Duration START_MAX = Duration.ofSeconds(50);
    private static final int PORT_HTTP = 8080;
    private static final int PORT_HTTPS = 8443;
    private static final int PORT_PAGES = 10254;

    private final ManifestFolder manifests;
    private final String address;
    private final Path run;
    private final Program program;

    private IngressProgram(ManifestFolder manifests, String address, Path run, List<String> more) {
        this.manifests = manifests;
        this.address = address;
        this.run = run;
        List<String> words = new ArrayList<>(List.of(
                "ingress",
                "--manifests=" + manifests.path(),
                "--http-address=" + address + ":" + PORT_HTTP,
                "--https-address=" + address + ":" + PORT_HTTPS,
                "--pages-address=" + address + ":" + PORT_PAGES,
                "--run-dir=" + run,
                // Pods of these tests live there.
                "--allow-destination=127.0.0.0/8"));
        words.addAll(more);
        program = Program.start(Fairlead.line(words.toArray(String[]::new)));
    }

    /** Starts it and waits until it is ready. */
    static IngressProgram start(ManifestFolder manifests, String... more) {
        try {
            Path run = Files.createTempDirectory("fairlead-run-");
            return awaitReady(
                    new IngressProgram(manifests, Loopback.next(), run, List.of(more)), IngressProgram::isReady);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts another one that takes its place, and waits until it serves beside it. */
    IngressProgram successor(String... more) {
        return awaitReady(
                new IngressProgram(manifests, address, run, List.of(more)),
                next -> next.log().contains("FrontDoor: ready"));
    }

    private static IngressProgram awaitReady(IngressProgram started, Predicate<IngressProgram> ready) {
        boolean serves = false;
        try {
            Poll.until("ready: " + started.address, START_MAX, () -> ready.test(started) || !started.program.isAlive());
            if (!started.program.isAlive()) {
                throw new AssertionError(started.program.awaitEnd(START_MAX));
            }
            serves = true;
            return started;
        } catch (AssertionError e) {
            throw new AssertionError(started.log() + started.threads(), e);
        } finally {
            if (!serves) {
                started.close();
            }
        }
    }

    String address() {
        return address;
    }

    InetSocketAddress http() {
        return new InetSocketAddress(address, PORT_HTTP);
    }

    InetSocketAddress https() {
        return new InetSocketAddress(address, PORT_HTTPS);
    }

    /** The beginning of URLs without TLS. */
    String url() {
        return "http://" + address + ":" + PORT_HTTP;
    }

    /** What {@code curl} needs to reach a host of its over TLS. */
    List<String> resolve(String host) {
        return List.of("--resolve", host + ":" + PORT_HTTPS + ":" + address);
    }

    /** The beginning of URLs of a host with TLS. */
    static String secureUrl(String host) {
        return "https://" + host + ":" + PORT_HTTPS;
    }

    boolean isReady() {
        try {
            return page("/readyz").startLine().startsWith("HTTP/1.1 200 ");
        } catch (UncheckedIOException notYet) {
            return false;
        }
    }

    /** One of its own pages. */
    Wire.Message page(String path) {
        try (H1Client client = H1Client.connect(new InetSocketAddress(address, PORT_PAGES))) {
            return client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    .answer();
        }
    }

    /** The value of a metric by its name with its labels, as the page has them; 0 if it is not there. */
    double metric(String name) {
        Matcher found = Pattern.compile("(?m)^" + Pattern.quote(name) + " (\\S+)$")
                .matcher(page("/metrics").text());
        return found.find() ? Double.parseDouble(found.group(1)) : 0;
    }

    /** What its threads do at this moment. */
    private String threads() {
        String jstack =
                Path.of(System.getProperty("java.home"), "bin", "jstack").toString();
        return Fairlead.end(Program.start(List.of(jstack, Long.toString(program.pid()))))
                .toString();
    }

    /** What {@code fairlead ingress} answers to these words about it. */
    Program.Ended ask(String... words) {
        List<String> all = new ArrayList<>(List.of("ingress"));
        all.addAll(List.of(words));
        all.add("--run-dir=" + run);
        return Fairlead.end(Program.start(Fairlead.line(all.toArray(String[]::new))));
    }

    String log() {
        return program.log();
    }

    /** Memory that is its own at this moment, MiB. */
    int residentMib() {
        try {
            Matcher found = Pattern.compile("VmRSS:\\s+(\\d+) kB")
                    .matcher(Files.readString(Path.of("/proc/" + program.pid() + "/status")));
            assertEquals(true, found.find(), "no VmRSS");
            return Integer.parseInt(found.group(1)) / 1024;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks it to end, as the kubelet does. */
    void terminate() {
        program.signal("TERM");
    }

    /** Ends it at once, as a lack of memory does. */
    void kill() {
        program.signal("KILL");
        program.awaitEnd(START_MAX);
    }

    /** Waits for its end, which must be a good one. */
    void awaitEnd(Duration longest) {
        try {
            Program.Ended end = program.awaitEnd(longest);
            assertEquals(0, end.exitCode(), end::toString);
        } catch (AssertionError e) {
            throw new AssertionError(log() + threads(), e);
        }
    }

    /** Ends it at once: nobody waits for what it carries. */
    @Override
    public void close() {
        if (program.isAlive()) {
            program.signal("KILL");
        }
        program.close();
        try (Stream<Path> left = Files.exists(run) ? Files.walk(run) : Stream.empty()) {
            for (Path each : left.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
