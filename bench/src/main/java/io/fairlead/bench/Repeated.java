package io.fairlead.bench;

import io.fairlead.bench.process.Figures;
import java.util.ArrayList;
import java.util.List;

/**
 * The figures of several runs of one program.
 *
 * <p>Immutable.
 */
record Repeated(List<Figures> runs) {

    Repeated {
        runs = List.copyOf(runs);
    }

    /** Median, least and most of a figure. */
    Row row(String what, String figure, String unit, double limit) {
        List<Double> sorted = sorted(figure);
        return new Row(what, median(sorted), unit, sorted.getFirst(), sorted.getLast(), limit);
    }

    Row detail(String what, String figure, String unit) {
        return row(what, figure, unit, Double.NaN);
    }

    double median(String figure) {
        return median(sorted(figure));
    }

    private List<Double> sorted(String figure) {
        List<Double> values = new ArrayList<>();
        runs.forEach(run -> values.add(run.get(figure)));
        values.sort(null);
        return values;
    }

    private static double median(List<Double> sorted) {
        return sorted.get(sorted.size() / 2);
    }
}
