package io.fairlead.bench.look;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A page of both programs' kind. */
final class MetricsLookTest {

    private static final MetricsLook PAGE = new MetricsLook(List.of(
            "# HELP took_seconds How long it took.",
            "# TYPE took_seconds histogram",
            "took_seconds_bucket{ip_family=\"IPv4\",le=\"0.05\"} 98",
            "took_seconds_bucket{ip_family=\"IPv4\",le=\"0.1\"} 99",
            "took_seconds_bucket{ip_family=\"IPv4\",le=\"+Inf\"} 100",
            "took_seconds_sum{ip_family=\"IPv4\"} 2.5e+00",
            "took_seconds_count{ip_family=\"IPv4\"} 100",
            "took 7"));

    @Test
    void addsUpSeriesOfALabel() {
        assertEquals(2.5, PAGE.sum("took_seconds_sum", "ip_family=\"IPv4\""));
        assertEquals(0, PAGE.sum("took_seconds_sum", "ip_family=\"IPv6\""));
        assertEquals(7, PAGE.sum("took"));
        assertEquals(0, PAGE.sum("absent"));
    }

    @Test
    void boundsQuantilesByBuckets() {
        assertEquals(0.05, PAGE.quantileAtMost("took_seconds", 0.98));
        assertEquals(0.1, PAGE.quantileAtMost("took_seconds", 0.99));
        assertEquals(Double.POSITIVE_INFINITY, PAGE.quantileAtMost("took_seconds", 0.999));
    }
}
