package io.fairlead.bench.chart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Lying bars with their numbers beside them, from zero or on a logarithmic scale that says so; a thin line shows least
 * and most.
 *
 * <p>Confined to one thread.
 */
public final class BarChart {

    private static final int WIDTH = 720;
    private static final int LEFT = 170;
    private static final int RIGHT = 130;
    private static final int TOP = 64;
    private static final int BAR = 26;
    private static final int STEP = 42;
    private static final int BOTTOM = 44;
    private static final int SPAN = WIDTH - LEFT - RIGHT;
    private static final int TICKS = 5;

    private final String title;
    private final String unit;
    private final boolean logarithmic;
    private final List<Bar> bars = new ArrayList<>();

    /**
     * One bar.
     *
     * <p>Immutable.
     */
    private record Bar(String label, double value, double least, double most) {}

    public BarChart(String title, String unit, boolean logarithmic) {
        this.title = title;
        this.unit = unit;
        this.logarithmic = logarithmic;
    }

    /** One more bar, below the others. */
    public BarChart bar(String label, double value, double least, double most) {
        bars.add(new Bar(label, value, least, most));
        return this;
    }

    /** Writes {@code NAME.svg} into a folder, which is made if it is not there. */
    public void write(Path folder, String name) {
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve(name + ".svg"), svg());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String svg() {
        int height = TOP + STEP * bars.size() + BOTTOM;
        StringBuilder out = new StringBuilder(4096);
        out.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
                        + "font-family=\"sans-serif\" font-size=\"14\">\n",
                WIDTH,
                height,
                WIDTH,
                height));
        out.append(String.format(Locale.ROOT, "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n", WIDTH, height));
        text(out, 16, 26, "start", escape(title) + (logarithmic ? " (logarithmic scale)" : ""));
        drawAxis(out, height - BOTTOM);
        for (int i = 0; i < bars.size(); i++) {
            draw(out, bars.get(i), TOP + i * STEP, i == 0 ? "#1f6feb" : "#8c959f");
        }
        return out.append("</svg>\n").toString();
    }

    private void drawAxis(StringBuilder out, int bottom) {
        for (double tick : ticks()) {
            double x = x(tick);
            out.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#d0d7de\"/>\n",
                    x,
                    TOP - 12,
                    x,
                    bottom));
            text(out, x, bottom + 18, "middle", number(tick) + " " + unit);
        }
    }

    private void draw(StringBuilder out, Bar bar, int y, String colour) {
        double end = x(bar.value);
        text(out, LEFT - 10, y + 18, "end", escape(bar.label));
        out.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>\n",
                LEFT,
                y,
                Math.max(1, end - LEFT),
                BAR,
                colour));
        int middle = y + BAR / 2;
        out.append(String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"black\"/>\n",
                x(bar.least),
                middle,
                x(bar.most),
                middle));
        text(out, Math.max(end, x(bar.most)) + 8, y + 18, "start", number(bar.value) + " " + unit);
    }

    private double max() {
        return bars.stream()
                .mapToDouble(bar -> Math.max(bar.value, bar.most))
                .max()
                .orElse(1);
    }

    private double min() {
        return bars.stream()
                .mapToDouble(bar -> Math.min(bar.value, bar.least))
                .min()
                .orElse(1);
    }

    /** Powers of ten, or equal steps from zero. */
    private List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        if (logarithmic) {
            for (double tick = first(); tick < 10 * max(); tick *= 10) {
                ticks.add(tick);
            }
            return ticks;
        }
        double step = Math.pow(10, Math.floor(Math.log10(max())));
        while (max() / step < TICKS / 2.0) {
            step /= 2;
        }
        for (double tick = 0; tick < max() + step; tick += step) {
            ticks.add(tick);
        }
        return ticks;
    }

    /** The power of ten below everything. */
    private double first() {
        return Math.pow(10, Math.floor(Math.log10(Math.max(1e-6, min()))));
    }

    private double x(double value) {
        List<Double> ticks = ticks();
        double last = ticks.getLast();
        double share = logarithmic ? Math.log10(value / first()) / Math.log10(last / first()) : value / last;
        return LEFT + SPAN * Math.clamp(share, 0, 1);
    }

    private static void text(StringBuilder out, double x, int y, String anchor, String text) {
        out.append(String.format(
                Locale.ROOT, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s</text>\n", x, y, anchor, text));
    }

    private static String number(double value) {
        return String.format(
                Locale.ROOT,
                Math.abs(value) >= 100 || value == Math.rint(value) ? "%,.0f" : value >= 1 ? "%.1f" : "%.2g",
                value);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }
}
