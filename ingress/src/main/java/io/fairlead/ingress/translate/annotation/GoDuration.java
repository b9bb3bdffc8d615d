package io.fairlead.ingress.translate.annotation;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Durations as Go, and so all of Kubernetes, writes them: {@code 1h30m}, {@code 1.5s}, {@code 250ms}, {@code 0}.
 *
 * <p>Immutable: it has no state.
 */
final class GoDuration {

    private static final int LENGTH_MAX = 64;
    private static final long MILLIS_MAX = 1_000L * 86_400_000;

    private GoDuration() {}

    /**
     * In milliseconds, rounded up.
     *
     * @throws IllegalArgumentException if it is none, or negative, or longer than 1,000 days
     */
    static long millis(String text) {
        if (text.equals("0")) {
            return 0;
        }
        BigDecimal millis = BigDecimal.ZERO;
        int at = 0;
        while (at < text.length() && text.length() <= LENGTH_MAX) {
            int unit = at;
            while (unit < text.length() && isOfNumber(text.charAt(unit))) {
                unit++;
            }
            int end = unit;
            while (end < text.length() && !isOfNumber(text.charAt(end))) {
                end++;
            }
            millis = millis.add(number(text, at, unit).multiply(unit(text.substring(unit, end), text)));
            at = end;
        }
        if (text.isEmpty() || at < text.length()) {
            throw refused(text);
        }
        BigDecimal whole = millis.setScale(0, RoundingMode.CEILING);
        if (whole.compareTo(BigDecimal.valueOf(MILLIS_MAX)) > 0) {
            throw new IllegalArgumentException("'" + text + "' is longer than 1,000 days");
        }
        return whole.longValueExact();
    }

    private static boolean isOfNumber(char c) {
        return c >= '0' && c <= '9' || c == '.';
    }

    private static BigDecimal number(String text, int from, int to) {
        try {
            return new BigDecimal(text.substring(from, to));
        } catch (NumberFormatException e) {
            throw refused(text);
        }
    }

    private static BigDecimal unit(String unit, String text) {
        return switch (unit) {
            case "h" -> BigDecimal.valueOf(3_600_000);
            case "m" -> BigDecimal.valueOf(60_000);
            case "s" -> BigDecimal.valueOf(1_000);
            case "ms" -> BigDecimal.ONE;
            case "us", "µs", "μs" -> new BigDecimal("0.001");
            case "ns" -> new BigDecimal("0.000001");
            default -> throw refused(text);
        };
    }

    private static IllegalArgumentException refused(String text) {
        return new IllegalArgumentException(Values.quoted(text) + " is not a duration such as 90s or 1m30s");
    }
}
