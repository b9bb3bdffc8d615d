package io.fairlead.runtime.logging;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The last lines of the log, for a bug report.
 *
 * <p>Confined to whoever holds the lock of its {@link LogOutput}.
 */
final class RecentLines {

    /** All together; more than this is read from where the log goes. */
    static final int CHARS_MAX = 64 * 1024;

    private final Deque<String> lines = new ArrayDeque<>();
    private int chars;

    /** @param line with its end */
    void add(String line) {
        lines.addLast(line);
        chars += line.length();
        while (chars > CHARS_MAX) {
            chars -= lines.removeFirst().length();
        }
    }

    String text() {
        return String.join("", lines);
    }
}
