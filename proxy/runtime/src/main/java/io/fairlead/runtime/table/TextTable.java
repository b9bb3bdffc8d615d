package io.fairlead.runtime.table;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A table that a person can read: columns aligned, two blanks between them, no lines drawn.
 *
 * <p>Empty cells show as {@code -}; cells wider than {@value #CELL_CHARS_MAX} characters are cut with an ellipsis, save
 * in the last column, where nothing stands behind them. Confined to the thread that builds it.
 */
public final class TextTable {

    /** Longest text of a cell that is not in the last column, in characters. */
    public static final int CELL_CHARS_MAX = 60;

    /** Longest text of a cell in the last column, in characters. */
    private static final int LAST_CELL_CHARS_MAX = 400;

    /** Which side of its column a cell keeps to. Immutable. */
    public enum Align {
        LEFT,
        RIGHT
    }

    private final List<String> headings = new ArrayList<>();
    private final List<Align> aligns = new ArrayList<>();
    private final List<String[]> rows = new ArrayList<>();

    /** Adds a column of words. */
    public TextTable column(String heading) {
        return column(heading, Align.LEFT);
    }

    /** Adds a column; all columns come before the first row. */
    public TextTable column(String heading, Align align) {
        if (!rows.isEmpty()) {
            throw new IllegalStateException("column " + heading + " after the first row");
        }
        headings.add(heading);
        aligns.add(align);
        return this;
    }

    /** Adds a row with one cell for each column. */
    public TextTable row(String... cells) {
        if (cells.length != headings.size()) {
            throw new IllegalArgumentException(
                    cells.length + " cells for " + headings.size() + " columns: " + Arrays.toString(cells));
        }
        String[] row = new String[cells.length];
        for (int i = 0; i < cells.length; i++) {
            int charsMax = i == cells.length - 1 ? LAST_CELL_CHARS_MAX : CELL_CHARS_MAX;
            row[i] = cells[i].isEmpty() ? "-" : Printable.line(cells[i], charsMax);
        }
        rows.add(row);
        return this;
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /**
     * Writes the headings and the rows, each ended by a line feed.
     *
     * @throws UncheckedIOException if {@code out} refuses
     */
    public void writeTo(Appendable out) {
        int[] widths = widths();
        try {
            writeRow(out, headings.toArray(String[]::new), widths);
            for (String[] row : rows) {
                writeRow(out, row, widths);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int[] widths() {
        int[] widths = new int[headings.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = width(headings.get(i));
            for (String[] row : rows) {
                widths[i] = Math.max(widths[i], width(row[i]));
            }
        }
        return widths;
    }

    private void writeRow(Appendable out, String[] cells, int[] widths) throws IOException {
        for (int i = 0; i < cells.length; i++) {
            boolean last = i == cells.length - 1;
            int blanks = widths[i] - width(cells[i]);
            if (aligns.get(i) == Align.RIGHT) {
                pad(out, blanks);
                out.append(cells[i]);
            } else {
                out.append(cells[i]);
                pad(out, last ? 0 : blanks);
            }
            out.append(last ? "\n" : "  ");
        }
    }

    private static void pad(Appendable out, int blanks) throws IOException {
        for (int i = 0; i < blanks; i++) {
            out.append(' ');
        }
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
