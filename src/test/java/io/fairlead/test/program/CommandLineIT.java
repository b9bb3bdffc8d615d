package io.fairlead.test.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Wrong words: everything that is wrong is said at once, and nothing is done.
 *
 * <p>Confined to the test thread.
 */
@Timeout(60)
final class CommandLineIT {

    private static final int WRONG_WORDS = 2;
    private static final int UNAVAILABLE = 69;

    @Test
    void allMistakesOfTheAgentAreSaidAtOnce() {
        Program.Ended end = Fairlead.run(
                "proxy",
                "--manifests=/nonexistent/cluster",
                "--masquerade-bit=99",
                "--mode=teleport",
                "--teleport",
                "--sync-period=1ms",
                "--cluster-cidr=10.0.0.0/8,10.1.0.0/16",
                "--nodeport-addresses=everywhere",
                "--healthz-bind-address=nonsense",
                "--detect-local-mode=BridgeInterface");
        assertEquals(WRONG_WORDS, end.exitCode(), end::toString);
        List<String> mistakes =
                end.err().lines().filter(line -> line.startsWith("error: ")).toList();
        for (String named : List.of(
                "--manifests: /nonexistent/cluster is not a directory",
                "--masquerade-bit: '99'",
                "--mode: 'teleport'",
                "unknown option '--teleport'",
                "--sync-period: '1ms'",
                "--cluster-cidr: at most one CIDR per family",
                "--nodeport-addresses: 'everywhere'",
                "--healthz-bind-address: 'nonsense'",
                "--pod-bridge-interface: ")) {
            assertTrue(mistakes.stream().anyMatch(line -> line.startsWith("error: " + named)), named + " in " + end);
        }
        assertEquals(9, mistakes.size(), end::toString);
        assertEquals("", end.out(), end::toString);
    }

    @Test
    void mistakesOfTheOtherCommandsAreNamed() {
        expectMistake("unknown command 'servces', did you mean 'services'?", "servces");
        expectMistake("--output: 'xml' is not accepted; expected one of table, json", "services", "--output=xml");
        expectMistake("--nodes: '99' is not accepted", "demo", "--nodes=99");
        expectMistake("TO[:PORT][/PROTO]", "explain", "10.0.0.5");
        expectMistake("test takes --all or --long, not '--sideways'", "test", "--sideways");
    }

    private static void expectMistake(String mistake, String... words) {
        Program.Ended end = Fairlead.run(words);
        assertEquals(WRONG_WORDS, end.exitCode(), end::toString);
        assertTrue(end.err().contains(mistake), end::toString);
    }

    @Test
    void whereNoAgentRunsThatIsWhatIsSaid() {
        Program.Ended end = Fairlead.run("status", "--run-dir=/nonexistent/run");
        assertEquals(UNAVAILABLE, end.exitCode(), end::toString);
        assertEquals(1, end.err().lines().count(), end::toString);
        assertTrue(end.err().contains("not running here: there is no /nonexistent/run/proxy.sock"), end::toString);
    }

    @Test
    void aClusterThatCannotBeReachedByAnyWordsIsAMistake() {
        Program.Ended end = Fairlead.run("proxy", "--kubeconfig=/nonexistent/kubeconfig");
        assertEquals(WRONG_WORDS, end.exitCode(), end::toString);
        assertEquals(1, end.err().lines().count(), end::toString);
        assertTrue(end.err().contains("/nonexistent/kubeconfig"), end::toString);
    }
}
