package io.fairlead.runtime.logging;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Writes records to one stream, and holds back the flood of one kind.
 *
 * <p>Thread-safe.
 */
final class LogOutput {

    /** Runs a task after a delay. Thread-safe. */
    interface Later {
        void run(Duration delay, Runnable task);
    }

    private final OutputStream stream;
    private final Clock clock;
    private final Later later;
    private volatile LogSettings settings = LogSettings.DEFAULT;
    private RepeatLimit limit = limit(LogSettings.DEFAULT);
    private final RecentLines recent = new RecentLines();

    LogOutput(OutputStream stream, Clock clock, Later later) {
        this.stream = stream;
        this.clock = clock;
        this.later = later;
    }

    private static RepeatLimit limit(LogSettings settings) {
        return new RepeatLimit(settings.repeatsMax(), settings.window());
    }

    synchronized void configure(LogSettings wanted) {
        flush();
        settings = wanted;
        limit = limit(wanted);
    }

    int severityMin() {
        return settings.level().getSeverity();
    }

    synchronized void write(LogRecord record) {
        Instant time = clock.instant();
        writeRepeats(time);
        switch (limit.count(record, time)) {
            case WRITE -> line(record, time);
            case FIRST_HELD_BACK -> later.run(settings.window(), this::writeEndedRepeats);
            case HELD_BACK -> {}
        }
    }

    private synchronized void writeEndedRepeats() {
        writeRepeats(clock.instant());
    }

    synchronized String recent() {
        return recent.text();
    }

    synchronized void flush() {
        writeRepeats(null);
    }

    /** @param time the counts of windows that ended by then; null for all */
    private void writeRepeats(@Nullable Instant time) {
        Instant stamp = time == null ? clock.instant() : time;
        for (LogRecord repeats : limit.ended(time)) {
            line(repeats, stamp);
        }
    }

    private void line(LogRecord record, Instant time) {
        String line = LogLine.of(record, time, settings.format());
        recent.add(line);
        try {
            stream.write(line.getBytes(StandardCharsets.UTF_8));
            stream.flush();
        } catch (IOException e) {
            // The standard error is gone, and with it every place where this could be told.
        }
    }
}
