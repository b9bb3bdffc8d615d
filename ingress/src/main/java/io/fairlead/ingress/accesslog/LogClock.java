package io.fairlead.ingress.accesslog;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Times as they stand in lines. The text of a second is made once.
 *
 * <p>Confined to the event loop's thread of its worker.
 */
final class LogClock {

    private static final DateTimeFormatter ISO =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter APACHE = DateTimeFormatter.ofPattern(
                    "dd/MMM/uuuu:HH:mm:ss Z", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private final InstantSource clock;
    private final DateTimeFormatter formatter;
    private long second = Long.MIN_VALUE;
    private byte[] text = {};

    LogClock(InstantSource clock, LogFormat format) {
        this.clock = clock;
        formatter = format == LogFormat.COMBINED ? APACHE : ISO;
    }

    /** Hot path: milliseconds since 1970. */
    long millis() {
        return clock.millis();
    }

    /** Hot path: the text of the second that a moment is in. Not to be written to. */
    byte[] second(long millis) {
        long wanted = Math.floorDiv(millis, 1_000L);
        if (wanted != second) {
            second = wanted;
            text = formatter.format(Instant.ofEpochSecond(wanted)).getBytes(StandardCharsets.US_ASCII);
        }
        return text;
    }
}
