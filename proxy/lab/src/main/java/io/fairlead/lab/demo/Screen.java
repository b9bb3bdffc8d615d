package io.fairlead.lab.demo;

import java.io.PrintStream;
import java.util.List;

/**
 * Where the story is told: headlines, lines under them, and one block at the end that may be drawn again while it is
 * live. After {@link #close} nothing is written.
 *
 * <p>Thread-safe.
 */
public final class Screen implements AutoCloseable {

    private static final String INDENT = "    ";

    private final PrintStream out;
    private final Look look;
    private int liveLines;
    private boolean closed;

    /** @param out written in whole lines, and flushed after each */
    public Screen(PrintStream out, Look look) {
        this.out = out;
        this.look = look;
    }

    Look look() {
        return look;
    }

    synchronized void headline(String mark, String text) {
        print("\n" + look.bold(mark + "  " + text));
    }

    synchronized void line(String text) {
        print(INDENT + text);
    }

    synchronized void lines(List<String> texts) {
        texts.forEach(this::line);
    }

    /** Draws a block over the last live one; a screen that cannot go back waits for {@link #settle}. */
    synchronized void live(List<String> texts) {
        if (look == Look.TERMINAL) {
            redraw(texts);
            liveLines = texts.size();
        }
    }

    /** The last version of a live block. */
    synchronized void settle(List<String> texts) {
        redraw(texts);
        liveLines = 0;
    }

    private void redraw(List<String> texts) {
        if (liveLines > 0 && !closed) {
            // Cursor up, then erase to the end of the screen: ECMA-48 sections 8.3.22 and 8.3.39.
            out.print("\033[" + liveLines + "A\033[J");
        }
        lines(texts);
    }

    private void print(String line) {
        if (!closed) {
            out.println(line);
            out.flush();
        }
    }

    /** A last line, outside of the story. */
    public synchronized void farewell(String text) {
        liveLines = 0;
        print(text);
        closed = true;
    }

    @Override
    public synchronized void close() {
        closed = true;
    }
}
