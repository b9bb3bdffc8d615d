package io.fairlead.test.ingress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.lab.kube.Judges;
import io.fairlead.test.program.Fairlead;
import io.fairlead.test.program.Program;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * What h2spec, the conformance test of HTTP/2 and HPACK, says of the ingress.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class H2SpecIT {

    private static final Pattern FAILED = Pattern.compile("× \\d+: (.*)");
    private static final Pattern SUMMARY = Pattern.compile("(\\d+) tests, (\\d+) passed, 0 skipped, (\\d+) failed");
    private static final int CASES_MIN = 140;

    /** On a port that speaks HTTP/1.1, too, what is no preface is a request of that, and gets an answer of that. */
    private static final String PREFACE = "Sends invalid connection preface";

    /**
     * A stream of a lower number that is not there any more, or never was, gets an error of its own instead of one for
     * the connection: it may have been reset from our side while the frame was on its way.
     */
    private static final Set<String> STREAM_ERRORS = Set.of(
            "closed: Sends a HEADERS frame", "Sends stream identifier that is numerically smaller than previous");

    private final ManifestFolder manifests = new ManifestFolder();
    private final EchoPod pod = EchoPod.start("web-1");
    private IngressProgram ingress;

    @BeforeAll
    void start() {
        manifests.write("all.yaml", Yaml.web("web", pod) + Yaml.ingress("web", "- / web"));
        ingress = IngressProgram.start(manifests);
    }

    @AfterAll
    void close() {
        ingress.close();
        pod.close();
        manifests.close();
    }

    @Test
    void byPriorKnowledge() {
        Set<String> known = new TreeSet<>(STREAM_ERRORS);
        known.add(PREFACE);
        assertEquals(known, failed(ingress.http().getPort()));
    }

    @Test
    void overTls() {
        assertEquals(new TreeSet<>(STREAM_ERRORS), failed(ingress.https().getPort(), "--tls", "--insecure"));
    }

    private Set<String> failed(int port, String... more) {
        List<String> command = new ArrayList<>();
        command.add(new Judges(Fairlead.ROOT.resolve("target/judges"))
                .program("h2spec", "h2spec")
                .toString());
        command.addAll(List.of("--host", ingress.address(), "--port", Integer.toString(port), "--timeout", "3"));
        command.addAll(List.of(more));
        String said = Fairlead.end(Program.start(command)).out();
        Matcher summary = SUMMARY.matcher(said);
        assertTrue(summary.find() && Integer.parseInt(summary.group(1)) >= CASES_MIN, said);
        Set<String> failed = new TreeSet<>();
        FAILED.matcher(said).results().forEach(result -> failed.add(result.group(1)));
        assertTrue(failed.size() <= Integer.parseInt(summary.group(3)), said);
        return failed;
    }
}
