package io.fairlead.runtime.options;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as Go's {@code time.ParseDuration} reads and {@code time.Duration.String} writes them: {@code 10ms},
 * {@code 1m0s}, {@code 1h15m30.5s}. Kubernetes configuration and kube-proxy's flags use this form.
 *
 * <p>Thread-safe.
 */
public final class GoDuration {

    private static final int TEXT_CHARS_MAX = 64;
    private static final Pattern PART = Pattern.compile("(\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|μs|ms|s|m|h)");
    private static final long MICRO = 1_000;
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000_000_000;
    private static final Map<String, Long> UNIT_NANOS = Map.of(
            "ns",
            1L,
            "us",
            MICRO,
            "µs",
            MICRO,
            "μs",
            MICRO,
            "ms",
            MILLI,
            "s",
            SECOND,
            "m",
            60 * SECOND,
            "h",
            3600 * SECOND);

    private GoDuration() {}

    /**
     * Reads a duration; a fraction of a nanosecond is cut off.
     *
     * @throws IllegalArgumentException if it is none or does not fit into 64 bits of nanoseconds (292 years)
     */
    public static Duration parse(String text) {
        if (text.length() > TEXT_CHARS_MAX) {
            throw new IllegalArgumentException("longer than " + TEXT_CHARS_MAX + " characters");
        }
        boolean signed = text.startsWith("-") || text.startsWith("+");
        String parts = signed ? text.substring(1) : text;
        if (parts.equals("0")) {
            return Duration.ZERO;
        }
        BigInteger nanos = BigInteger.ZERO;
        Matcher matcher = PART.matcher(parts);
        int at = 0;
        while (at < parts.length() && matcher.find(at) && matcher.start() == at) {
            BigDecimal unit = BigDecimal.valueOf(UNIT_NANOS.getOrDefault(matcher.group(2), 0L));
            nanos = nanos.add(new BigDecimal(matcher.group(1)).multiply(unit).toBigInteger());
            at = matcher.end();
        }
        if (at == 0 || at < parts.length()) {
            throw new IllegalArgumentException(parts.matches("[\\d.]+") ? "the unit is missing" : "");
        }
        if (nanos.bitLength() > 63) {
            throw new IllegalArgumentException("too long");
        }
        return Duration.ofNanos(text.startsWith("-") ? -nanos.longValue() : nanos.longValue());
    }

    /** The form that Go prints: the largest unit first, no unit below a second mixed with seconds. */
    public static String print(Duration duration) {
        if (duration.isNegative()) {
            return "-" + print(duration.negated());
        }
        long nanos = duration.toNanos();
        if (nanos == 0) {
            return "0s";
        }
        if (nanos < MICRO) {
            return nanos + "ns";
        }
        if (nanos < MILLI) {
            return decimal(nanos, MICRO) + "µs";
        }
        if (nanos < SECOND) {
            return decimal(nanos, MILLI) + "ms";
        }
        long minutes = nanos / (60 * SECOND);
        String seconds = decimal(nanos % (60 * SECOND), SECOND) + "s";
        if (minutes == 0) {
            return seconds;
        }
        return minutes < 60 ? minutes + "m" + seconds : minutes / 60 + "h" + minutes % 60 + "m" + seconds;
    }

    private static String decimal(long nanos, long unit) {
        BigDecimal value = BigDecimal.valueOf(nanos).divide(BigDecimal.valueOf(unit));
        return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
    }
}
