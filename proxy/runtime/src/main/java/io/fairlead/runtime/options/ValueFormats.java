package io.fairlead.runtime.options;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The usual formats of option values.
 *
 * <p>Thread-safe.
 */
public final class ValueFormats {

    /** Longest list that one option may give. */
    private static final int LIST_MAX = 1000;

    /** Longest text of one value: a path is at most PATH_MAX (limits.h) long. */
    private static final int TEXT_CHARS_MAX = 4096;

    private static final int PORT_MAX = 65_535;

    private static final Pattern FOUR_NUMBERS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

    private ValueFormats() {}

    /** Any text that is not empty. */
    public static ValueFormat<String> text() {
        return new Format<>("a text of 1 to " + TEXT_CHARS_MAX + " characters", text -> {
            if (text.isEmpty() || text.length() > TEXT_CHARS_MAX) {
                throw new IllegalArgumentException();
            }
            return text;
        });
    }

    /** A path of a file or folder, whether it exists or not. */
    public static ValueFormat<Path> path() {
        ValueFormat<String> text = text();
        return new Format<>("a path", value -> {
            try {
                return Path.of(text.parse(value));
            } catch (InvalidPathException e) {
                throw new IllegalArgumentException(e.getReason(), e);
            }
        });
    }

    /**
     * {@code address:port} or {@code [address]:port}, or an address alone; nothing serves none. Names are not resolved.
     *
     * @param defaultPort of an address alone
     */
    public static ValueFormat<Optional<InetSocketAddress>> listen(int defaultPort) {
        return new Format<>("ADDRESS:PORT, ADDRESS or nothing", text -> {
            if (text.isEmpty()) {
                return Optional.empty();
            }
            int colon = text.lastIndexOf(':');
            boolean alone = colon < 0 || text.indexOf(':') < colon && !text.startsWith("[");
            if (alone) {
                return Optional.of(new InetSocketAddress(literal(text), defaultPort));
            }
            String host = text.substring(0, colon);
            boolean bracketed = host.startsWith("[") && host.endsWith("]");
            int port = Integer.parseInt(text.substring(colon + 1));
            if (port < 0 || port > PORT_MAX) {
                throw new IllegalArgumentException();
            }
            return Optional.of(new InetSocketAddress(
                    literal(bracketed ? host.substring(1, host.length() - 1) : host), port));
        });
    }

    /** Of IPv4, the form with four numbers only: {@code 10249} is a port that somebody forgot the address of. */
    private static InetAddress literal(String address) {
        if (address.indexOf(':') < 0 && !FOUR_NUMBERS.matcher(address).matches()) {
            throw new IllegalArgumentException();
        }
        return InetAddress.ofLiteral(address);
    }

    /** A whole number within limits that are both allowed. */
    public static ValueFormat<Integer> integer(int min, int max) {
        return new Format<>("a number from " + min + " to " + max, text -> {
            int value = Integer.parseInt(text);
            if (value < min || value > max) {
                throw new IllegalArgumentException();
            }
            return value;
        });
    }

    /** A length of time as Go writes it, within limits that are both allowed. */
    public static ValueFormat<Duration> duration(Duration min, Duration max) {
        String accepted = "a duration from " + GoDuration.print(min) + " to " + GoDuration.print(max)
                + " such as 10ms, 1s or 1m0s";
        return new Format<>(accepted, text -> {
            Duration value = GoDuration.parse(text);
            if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
                throw new IllegalArgumentException();
            }
            return value;
        });
    }

    /** One of the constants of an enum, written in lower case with hyphens. */
    public static <E extends Enum<E>> ValueFormat<E> oneOf(Class<E> type) {
        Map<String, E> values = new LinkedHashMap<>();
        for (E constant : type.getEnumConstants()) {
            values.put(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'), constant);
        }
        return oneOf(values);
    }

    /** One of the words; case counts. */
    public static <T> ValueFormat<T> oneOf(Map<String, T> values) {
        Map<String, T> words = new LinkedHashMap<>(values);
        Function<String, T> parser = text -> {
            T value = words.get(text);
            if (value == null) {
                throw new IllegalArgumentException();
            }
            return value;
        };
        return new Format<>("one of " + String.join(", ", words.keySet()), parser, List.copyOf(words.keySet()));
    }

    /** A format of the caller's own; {@code parse} throws {@link IllegalArgumentException} as {@link ValueFormat} says. */
    public static <T> ValueFormat<T> of(String accepted, Function<String, T> parse) {
        return new Format<>(accepted, parse);
    }

    /** {@code true} or {@code false}, and what else Go's strconv.ParseBool takes. */
    static ValueFormat<Boolean> bool() {
        return new Format<>("true or false", text -> switch (text) {
            case "true", "True", "TRUE", "t", "T", "1" -> true;
            case "false", "False", "FALSE", "f", "F", "0" -> false;
            default -> throw new IllegalArgumentException();
        });
    }

    /** Values with commas between them; the empty text is the empty list. */
    static <T> ValueFormat<List<T>> listOf(ValueFormat<T> element) {
        return new Format<>("a list with commas between, each " + element.accepted(), text -> {
            List<T> values = new ArrayList<>();
            if (text.isEmpty()) {
                return values;
            }
            for (String part : text.split(",", -1)) {
                if (values.size() == LIST_MAX) {
                    throw new IllegalArgumentException("more than " + LIST_MAX + " values");
                }
                values.add(element.parse(part.strip()));
            }
            return List.copyOf(values);
        });
    }

    private record Format<T>(String accepted, Function<String, T> parser, List<String> words)
            implements ValueFormat<T> {

        Format(String accepted, Function<String, T> parser) {
            this(accepted, parser, List.of());
        }

        @Override
        public T parse(String text) {
            return parser.apply(text);
        }
    }
}
