package io.fairlead.agent.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.runtime.metrics.MetricNames;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Names and sentences of the agent's metrics.
 *
 * <p>Confined to the test thread.
 */
class ProxyCountersTest {

    @Test
    void namesFollowTheRules() {
        List<String> findings = Stream.of(ProxyCounters.values())
                .flatMap(metric -> MetricNames.findings(metric).stream())
                .toList();
        assertEquals(List.of(), findings);
    }

    @Test
    void noNameIsThereTwice() {
        List<String> names =
                Stream.of(ProxyCounters.values()).map(ProxyCounters::metricName).toList();
        assertEquals(names, names.stream().distinct().toList());
    }
}
