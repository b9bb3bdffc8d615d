package io.fairlead.bench;

import io.fairlead.bench.process.Figures;
import java.util.Locale;

/**
 * One measured figure.
 *
 * <p>Immutable.
 *
 * @param what was measured
 * @param value the median, or whatever the words say
 * @param unit of all three numbers
 * @param least of the repetitions
 * @param most of the repetitions
 * @param limit that must not be exceeded; {@link Double#NaN} for a figure without a promise
 */
record Row(String what, double value, String unit, double least, double most, double limit) {

    /** A figure that nothing was promised about. */
    static Row detail(String what, double value, String unit) {
        return new Row(what, value, unit, value, value, Double.NaN);
    }

    /** A single figure with a limit. */
    static Row single(String what, double value, String unit, double limit) {
        return new Row(what, value, unit, value, value, limit);
    }

    /**
     * How connections of one way compare with those of another.
     *
     * @param race what {@code ConnectRace} measured
     * @param name of the comparison
     */
    static Row race(String what, Figures race, String name, double limit) {
        return new Row(
                what,
                race.get(name + "-ratio"),
                "",
                race.get(name + "-ratio-min"),
                race.get(name + "-ratio-max"),
                limit);
    }

    boolean promised() {
        return !Double.isNaN(limit);
    }

    boolean kept() {
        return !promised() || value <= limit;
    }

    String text(double number) {
        double size = Math.abs(number);
        String format = size >= 100 || number == Math.rint(number) ? "%.0f" : size < 0.1 ? "%.4f" : "%.2f";
        return String.format(Locale.ROOT, format, number) + (unit.isEmpty() ? "" : " " + unit);
    }
}
