package io.fairlead.runtime.logging;

import java.lang.System.Logger;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/**
 * One named logger: decides cheaply whether a record is wanted, fills the template, hands it on.
 *
 * <p>Thread-safe.
 */
final class ProcessLogger implements Logger {

    private static final String OURS = "io.fairlead.";

    private final String name;
    private final boolean ours;
    private final LogOutput output;

    ProcessLogger(String name, LogOutput output) {
        this.name = name;
        this.ours = name.startsWith(OURS);
        this.output = output;
    }

    @Override
    public String getName() {
        return name;
    }

    /**
     * Foreign libraries are heard from warnings up: what they say at lower levels may hold request headers, and with
     * them Secrets.
     */
    @Override
    public boolean isLoggable(Level level) {
        int least = output.severityMin();
        int needed = ours ? least : Math.max(least, Level.WARNING.getSeverity());
        return level.getSeverity() >= needed && level != Level.OFF;
    }

    @Override
    public void log(
            Level level, @Nullable ResourceBundle bundle, @Nullable String message, @Nullable Throwable thrown) {
        if (isLoggable(level)) {
            String text = String.valueOf(message);
            write(level, text, text, thrown);
        }
    }

    @Override
    public void log(
            Level level, @Nullable ResourceBundle bundle, @Nullable String template, @Nullable Object... values) {
        if (isLoggable(level)) {
            String text = String.valueOf(template);
            write(level, text, filled(text, values), null);
        }
    }

    /** Writes a record that {@link #isLoggable}. */
    void write(Level level, String template, String text, @Nullable Throwable thrown) {
        output.write(new LogRecord(level, name, template, text, thrown));
    }

    /**
     * Puts values in the place of {@code {0}}, {@code {1}} and so on. Other than java.text.MessageFormat it leaves
     * quotes alone and groups no digits, so that {@code can't sync port 30080} stays what it is.
     */
    static String filled(String template, @Nullable Object @Nullable [] values) {
        if (values == null || values.length == 0) {
            return template;
        }
        StringBuilder text = new StringBuilder(template.length() + 32);
        int at = 0;
        for (int open = template.indexOf('{'); open >= 0; open = template.indexOf('{', open + 1)) {
            int index = open + 2 < template.length() && template.charAt(open + 2) == '}'
                    ? Character.digit(template.charAt(open + 1), 10)
                    : -1;
            if (index >= 0 && index < values.length) {
                text.append(template, at, open).append(values[index]);
                at = open + 3;
            }
        }
        return text.append(template, at, template.length()).toString();
    }
}
