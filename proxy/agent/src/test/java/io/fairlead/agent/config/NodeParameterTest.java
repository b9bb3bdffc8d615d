package io.fairlead.agent.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.runtime.options.Command;
import io.fairlead.runtime.options.CommandLine;
import io.fairlead.runtime.options.Invocation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is set at the start.
 *
 * <p>Confined to the test thread.
 */
class NodeParameterTest {

    private static List<NodeParameter> parameters(int processors, String... words) {
        Command command = Command.of("tune", "a test")
                .with(NodeFlags.CONNTRACK_PER_CORE, NodeFlags.CONNTRACK_MIN, NodeFlags.TCP_ESTABLISHED)
                .with(NodeFlags.TCP_CLOSE_WAIT, NodeFlags.TCP_BE_LIBERAL, NodeFlags.UDP, NodeFlags.UDP_STREAM)
                .with(NodeFlags.OOM_SCORE);
        List<String> all = new ArrayList<>(List.of("tune"));
        all.addAll(List.of(words));
        Invocation parsed = new CommandLine("test", "a test", List.of(command)).parse(all);
        return NodeParameter.of(assertInstanceOf(Invocation.Run.class, parsed).arguments(), processors);
    }

    private static List<String> lines(List<NodeParameter> parameters) {
        return parameters.stream()
                .map(parameter -> parameter.file().replaceFirst(".*/", "") + "=" + parameter.value()
                        + (parameter.onlyRaised() ? " raised" : "") + (parameter.asked() ? " asked" : ""))
                .toList();
    }

    @Test
    void defaultsAreThoseOfKubeProxy() {
        assertEquals(
                List.of(
                        "nf_conntrack_max=262144 raised",
                        "hashsize=65536 raised",
                        "nf_conntrack_tcp_timeout_established=86400",
                        "nf_conntrack_tcp_timeout_close_wait=3600",
                        "oom_score_adj=-999"),
                lines(parameters(8)));
    }

    @Test
    void everythingCanBeChosen() {
        assertEquals(
                List.of(
                        "nf_conntrack_max=100 raised asked",
                        "hashsize=25 raised asked",
                        "nf_conntrack_tcp_timeout_established=60 asked",
                        "nf_conntrack_tcp_be_liberal=1 asked",
                        "nf_conntrack_udp_timeout=30 asked",
                        "nf_conntrack_udp_timeout_stream=300 asked",
                        "oom_score_adj=5 asked"),
                lines(parameters(
                        8,
                        "--conntrack-max-per-core=10",
                        "--conntrack-min=100",
                        "--conntrack-tcp-timeout-established=1m",
                        "--conntrack-tcp-timeout-close-wait=0",
                        "--conntrack-tcp-be-liberal",
                        "--conntrack-udp-timeout=30s",
                        "--conntrack-udp-timeout-stream=5m",
                        "--oom-score-adj=5")));
    }

    @Test
    void zeroPerCoreLeavesTheMaximumAlone() {
        assertEquals(
                List.of(
                        "nf_conntrack_tcp_timeout_established=86400",
                        "nf_conntrack_tcp_timeout_close_wait=3600",
                        "oom_score_adj=-999"),
                lines(parameters(8, "--conntrack-max-per-core=0", "--conntrack-min=4000000")));
    }

    @ParameterizedTest
    @CsvSource({
        "1, 32768, 131072, 131072",
        "64, 32768, 131072, 1048576",
        "64, 32768, 4000000, 4000000",
        "2000, 2147483647, 0, 1048576"
    })
    void maximumIsScaledUpToALimitAndNeverBelowTheMinimum(int processors, int perCore, int min, long max) {
        assertEquals(
                max,
                parameters(processors, "--conntrack-max-per-core=" + perCore, "--conntrack-min=" + min)
                        .getFirst()
                        .value());
    }

    @Test
    void largerMaximumStaysAndOtherTimeoutsDoNot() {
        NodeParameter max = new NodeParameter("/max", 10, true, false);
        assertTrue(max.isMetBy(11));
        assertFalse(max.isMetBy(9));
        assertFalse(new NodeParameter("/timeout", 10, false, false).isMetBy(11));
    }
}
