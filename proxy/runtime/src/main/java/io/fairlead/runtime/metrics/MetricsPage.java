package io.fairlead.runtime.metrics;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.Locale;

/**
 * Writes the Prometheus text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).
 *
 * <p>Confined to the thread that writes the page.
 */
final class MetricsPage {

    private final Appendable out;

    MetricsPage(Appendable out) {
        this.out = out;
    }

    void write(MetricFamily family) {
        MetricDescriptor descriptor = family.descriptor();
        String name = descriptor.metricName();
        String help = descriptor.sentence().replace("\\", "\\\\").replace("\n", "\\n");
        write("# HELP " + name + " " + help + "\n");
        write("# TYPE " + name + " " + descriptor.kind().name().toLowerCase(Locale.ROOT) + "\n");
        family.series().forEach((labels, series) -> write(name, labels, series));
    }

    private void write(String name, String labels, Series series) {
        switch (series) {
            case Counter counter -> line(name, labels, Long.toString(counter.value()));
            case Gauge gauge -> line(name, labels, number(gauge.value()));
            case Series.Observed observed ->
                line(name, labels, number(observed.source().getAsDouble()));
            case Histogram histogram -> writeHistogram(name, labels, histogram);
        }
    }

    /** Buckets are cumulative; the count is their sum, so that the lines agree while others observe. */
    private void writeHistogram(String name, String labels, Histogram histogram) {
        String before = labels.isEmpty() ? "" : labels + ",";
        double[] bounds = histogram.bounds();
        long cumulative = 0;
        for (int i = 0; i <= bounds.length; i++) {
            cumulative += histogram.countIn(i);
            String bound = i < bounds.length ? number(bounds[i]) : "+Inf";
            line(name + "_bucket", before + "le=\"" + bound + "\"", Long.toString(cumulative));
        }
        line(name + "_sum", labels, number(histogram.sum()));
        line(name + "_count", labels, Long.toString(cumulative));
    }

    private void line(String name, String labels, String value) {
        write(name + (labels.isEmpty() ? "" : "{" + labels + "}") + " " + value + "\n");
    }

    /** As Go writes bucket bounds: no exponent, no fraction where there is none. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        return value == 0 ? "0" : BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    private void write(String text) {
        try {
            out.append(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
