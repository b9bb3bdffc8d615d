package io.fairlead.lab.demo;

import java.io.PrintStream;
import java.util.List;

/**
 * Where the story is told: headlines, lines under them, and one block at the end that may be drawn again while it is
 * live. After {@link #silence} nothing is written.
 *
 * <p>Thread-safe.
 */
public final class Screen {

    private static final String INDENT = "    ";

    private final PrintStream out;
    private final Look look;
    private int liveLines;
    private boolean silent;

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

    public synchronized void line(String text) {
        print(INDENT + text);
    }

    synchronized void lines(List<String> texts) {
        texts.forEach(this::line);
    }

    /** Draws a block over the last live one; a screen that cannot go back waits for {@link #settle}. */
    synchronized void live(List<String> texts) {
        if (look == Look.TERMINAL) {
            // Lines that are too long must not wrap, or they could not be counted: DECAWM of the VT100 manual.
            out.print("\033[?7l");
            redraw(texts);
            out.print("\033[?7h");
            out.flush();
            liveLines = texts.size();
        }
    }

    /** The last version of a live block. */
    synchronized void settle(List<String> texts) {
        redraw(texts);
        liveLines = 0;
    }

    private void redraw(List<String> texts) {
        if (liveLines > 0 && !silent) {
            // Cursor up, then erase to the end of the screen: ECMA-48 sections 8.3.22 and 8.3.39.
            out.print("\033[" + liveLines + "A\033[J");
        }
        lines(texts);
    }

    private void print(String line) {
        if (!silent) {
            out.println(line);
            out.flush();
        }
    }

    /** Ends the story where it is: a signal came. */
    public synchronized void silence() {
        silent = true;
    }

    public synchronized boolean isSilent() {
        return silent;
    }
}
