package io.fairlead.lab.demo;

/**
 * How text is dressed: colours and Unicode for a terminal, bare ASCII for everything else.
 *
 * <p>Immutable.
 */
public enum Look {
    TERMINAL,
    PLAIN;

    private static final String[] EIGHTHS = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    private static final int EIGHTHS_PER_CELL = 8;

    String bold(String text) {
        return sgr("1", text);
    }

    String dim(String text) {
        return sgr("2", text);
    }

    String good(String text) {
        return sgr("32", text);
    }

    String bad(String text) {
        return sgr("1;31", text);
    }

    String accent(String text) {
        return sgr("36", text);
    }

    /** Select Graphic Rendition, ECMA-48 section 8.3.117. */
    private String sgr(String parameters, String text) {
        return this == PLAIN || text.isEmpty() ? text : "\033[" + parameters + "m" + text + "\033[0m";
    }

    /** Characters that the mark of a good {@link #check} takes. */
    int checkWidth() {
        return this == PLAIN ? 2 : 1;
    }

    String check(boolean passed) {
        if (this == PLAIN) {
            return passed ? "ok" : "NOT OK";
        }
        return passed ? good("✔") : bad("✘");
    }

    /**
     * A bar, padded to its width.
     *
     * @param share 0 to 1 of the width
     * @param width in characters
     */
    String bar(double share, int width) {
        double cells = Math.clamp(share, 0, 1) * width;
        if (this == PLAIN) {
            int full = (int) Math.round(cells);
            return "#".repeat(full) + " ".repeat(width - full);
        }
        int eighths = (int) Math.round(cells * EIGHTHS_PER_CELL);
        String rest = EIGHTHS[eighths % EIGHTHS_PER_CELL];
        int full = eighths / EIGHTHS_PER_CELL;
        return accent("█".repeat(full) + rest) + " ".repeat(width - full - rest.length());
    }
}
