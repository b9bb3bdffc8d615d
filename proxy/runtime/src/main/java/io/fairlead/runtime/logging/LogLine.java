package io.fairlead.runtime.logging;

import io.fairlead.runtime.table.JsonWriter;
import io.fairlead.runtime.table.Printable;
import io.fairlead.runtime.table.StructureWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Turns a record into text.
 *
 * <p>Thread-safe.
 */
final class LogLine {

    private static final int MESSAGE_CHARS_MAX = 8192;
    private static final int TRACE_CHARS_MAX = 32768;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private LogLine() {}

    /** The lines of a record, each ended by a line feed: one, and in plain format the trace of an exception below it. */
    static String of(LogRecord record, Instant time, LogSettings.Format format) {
        return switch (format) {
            case PLAIN -> plain(record, time);
            case JSON -> json(record, time);
        };
    }

    private static String plain(LogRecord record, Instant time) {
        StringBuilder line = new StringBuilder(128);
        TIME.formatTo(time, line);
        line.append(' ').append(word(record.level())).append(' ');
        line.append(Printable.line(record.logger().substring(record.logger().lastIndexOf('.') + 1)));
        line.append(": ")
                .append(Printable.line(record.message(), MESSAGE_CHARS_MAX))
                .append('\n');
        if (record.thrown() != null) {
            trace(record.thrown())
                    .lines()
                    .forEach(row -> line.append("    ")
                            .append(Printable.line(row.replace("\t", "  ")))
                            .append('\n'));
        }
        return line.toString();
    }

    private static String json(LogRecord record, Instant time) {
        StringBuilder line = new StringBuilder(192);
        StructureWriter json = JsonWriter.compact(line)
                .beginObject()
                .member("time", TIME.format(time))
                .member("level", word(record.level()))
                .member("logger", record.logger())
                .member("message", cut(record.message(), MESSAGE_CHARS_MAX));
        if (record.thrown() != null) {
            json.member("exception", trace(record.thrown()));
        }
        json.endObject();
        return line.append('\n').toString();
    }

    private static String word(Level level) {
        return level.name().toLowerCase(Locale.ROOT);
    }

    private static String trace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return cut(text.toString(), TRACE_CHARS_MAX);
    }

    private static String cut(String text, int charsMax) {
        return text.length() <= charsMax ? text : text.substring(0, charsMax) + "…";
    }
}
