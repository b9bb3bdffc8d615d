package io.fairlead.bench.process;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Named numbers on their way from a program under measurement to the one that reports.
 *
 * <p>Confined to one thread at a time.
 */
public final class Figures {

    private final Map<String, Double> values = new LinkedHashMap<>();

    /** Reads the lines {@code name=number}; other lines are passed over. */
    public static Figures parse(String output) {
        Figures figures = new Figures();
        output.lines().forEach(line -> {
            int equals = line.indexOf('=');
            if (equals > 0 && line.substring(0, equals).matches("[a-z0-9-]+")) {
                figures.put(line.substring(0, equals), Double.parseDouble(line.substring(equals + 1)));
            }
        });
        return figures;
    }

    /** Whether nothing was said. */
    public boolean isEmpty() {
        return values.isEmpty();
    }

    public Figures put(String name, double value) {
        values.put(name, value);
        return this;
    }

    /** As {@link #put}, from nanoseconds to milliseconds. */
    Figures putMillis(String name, long nanos) {
        return put(name, nanos / 1e6);
    }

    /** @throws IllegalStateException if there is none of this name */
    public double get(String name) {
        Double value = values.get(name);
        if (value == null) {
            throw new IllegalStateException("the measured program did not say '" + name + "' but " + values.keySet());
        }
        return value;
    }

    /** Writes all numbers, one a line. */
    @SuppressWarnings("SystemOut") // standard output is how a measured program reports
    public void print() {
        PrintStream out = System.out;
        values.forEach((name, value) -> out.println(name + "=" + value));
        out.flush();
    }
}
