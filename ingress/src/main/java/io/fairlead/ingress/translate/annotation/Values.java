package io.fairlead.ingress.translate.annotation;

import io.fairlead.cluster.source.decode.Quoted;
import io.fairlead.ingress.route.policy.HeaderField;
import io.fairlead.runtime.options.GoDuration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Readers of the values that annotations have. Each refuses what is not exactly one, in a sentence that quotes it.
 *
 * <p>Immutable: it has no state.
 */
final class Values {

    private static final int LINES_MAX = 64;

    private Values() {}

    static String quoted(String text) {
        return Quoted.of(text);
    }

    static boolean flag(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(quoted(text) + " is neither true nor false");
        };
    }

    static int number(String text, int max) {
        long number = digits(text, text.length());
        if (number < 0 || number > max) {
            throw new IllegalArgumentException(quoted(text) + " is not a whole number from 0 to " + max);
        }
        return (int) number;
    }

    /** A duration as Kubernetes writes them, in milliseconds, rounded up. */
    static long millis(String text) {
        Duration duration;
        try {
            duration = GoDuration.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(quoted(text) + " is not a duration such as 90s or 1m30s", e);
        }
        if (duration.isNegative()) {
            throw new IllegalArgumentException(quoted(text) + " is less than nothing");
        }
        return duration.plusNanos(999_999).toMillis();
    }

    /** As nginx has them: bytes, or with {@code k}, {@code m}, {@code g} in powers of 1,024; 0 for no limit. */
    static long bytes(String text) {
        int shift = text.isEmpty()
                ? 0
                : switch (text.charAt(text.length() - 1)) {
                    case 'k', 'K' -> 10;
                    case 'm', 'M' -> 20;
                    case 'g', 'G' -> 30;
                    default -> 0;
                };
        long number = digits(text, shift == 0 ? text.length() : text.length() - 1);
        if (number < 0) {
            throw new IllegalArgumentException(quoted(text) + " is not a number of bytes such as 8m, 64k or 0");
        }
        return number << shift;
    }

    /** -1 if these are no digits, or more than ten. */
    private static long digits(String text, int to) {
        long number = 0;
        for (int i = 0; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = 10 * number + digit;
        }
        return to == 0 || to > 10 ? -1 : number;
    }

    /** Lines of {@code Name: value}. */
    static List<HeaderField> fields(String text) {
        List<HeaderField> fields = new ArrayList<>();
        for (String line : lines(text)) {
            int colon = line.indexOf(':');
            if (colon <= 0) {
                throw new IllegalArgumentException(quoted(line) + " is not a line such as Name: value");
            }
            fields.add(new HeaderField(
                    line.substring(0, colon), line.substring(colon + 1).strip()));
        }
        return fields;
    }

    /** Lines that are not empty, without white space around them. */
    static List<String> lines(String text) {
        List<String> lines = text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .limit(LINES_MAX + 1)
                .toList();
        if (lines.isEmpty() || lines.size() > LINES_MAX) {
            throw new IllegalArgumentException("it has no lines, or more than " + LINES_MAX);
        }
        return lines;
    }

    /** Words that are separated by commas. */
    static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (int at = 0; at <= text.length() && words.size() <= LINES_MAX; ) {
            int comma = text.indexOf(',', at);
            int end = comma < 0 ? text.length() : comma;
            words.add(text.substring(at, end).strip());
            at = end + 1;
        }
        return words;
    }
}
