package io.fairlead.lab.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Who got which share of the answers, at several moments: a line for each pod, a bar for each moment.
 *
 * <p>Immutable.
 *
 * @param rows names in the order of their lines, with what stands behind each name
 * @param columns in the order of time
 */
record ShareTable(Map<String, String> rows, List<Column> columns) {

    /** All bars of a line together with their gaps, so that three columns fit into 80 characters. */
    private static final int BARS_WIDTH = 36;

    private static final int BAR_WIDTH_MAX = 24;
    private static final String GAP = "  ";
    /** A blank and {@code 100 %}. */
    private static final int PERCENT_WIDTH = 6;

    /**
     * One moment.
     *
     * <p>Immutable.
     *
     * @param answers of each name; what is missing is zero
     */
    record Column(String title, Map<String, Long> answers) {

        Column {
            answers = Map.copyOf(answers);
        }

        private long total() {
            return answers.values().stream().mapToLong(Long::longValue).sum();
        }

        double share(String name) {
            long total = total();
            return total == 0 ? 0 : (double) answers.getOrDefault(name, 0L) / total;
        }

        private double largest() {
            return answers.keySet().stream().mapToDouble(this::share).max().orElse(0);
        }
    }

    /** The lines, with a heading above if a column has a title. */
    List<String> lines(Look look) {
        List<String> lines = new ArrayList<>();
        int nameWidth = rows.keySet().stream().mapToInt(String::length).max().orElse(0);
        int noteWidth = rows.values().stream().mapToInt(String::length).max().orElse(0);
        if (columns.stream().anyMatch(column -> !column.title().isEmpty())) {
            StringBuilder heading = new StringBuilder(padded("", nameWidth + 2 + noteWidth));
            columns.forEach(column -> heading.append(GAP).append(padded(column.title(), barWidth() + PERCENT_WIDTH)));
            lines.add(look.dim(heading.toString().stripTrailing()));
        }
        rows.forEach((name, note) -> {
            StringBuilder line =
                    new StringBuilder(padded(name, nameWidth)).append("  ").append(look.dim(padded(note, noteWidth)));
            columns.forEach(column -> line.append(GAP).append(cell(column, name, look)));
            lines.add(line.toString().stripTrailing());
        });
        return lines;
    }

    /** The longest bar of all columns fills its place, so that one can compare between them. */
    private String cell(Column column, String name, Look look) {
        double largest = columns.stream().mapToDouble(Column::largest).max().orElse(0);
        double share = column.share(name);
        String percent = String.format(Locale.ROOT, "%4.0f %%", share * 100);
        return look.bar(largest == 0 ? 0 : share / largest, barWidth()) + percent;
    }

    private int barWidth() {
        return Math.min(BAR_WIDTH_MAX, BARS_WIDTH / columns.size() - GAP.length() - 1);
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
