package io.fairlead.agent.watch;

import io.fairlead.runtime.table.View;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Something that happened, as one line.
 *
 * <p>Immutable.
 */
sealed interface WatchEvent extends View permits ServiceEvent, NoteEvent {

    /** Of a line; the day is today. */
    DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

    int KIND_WIDTH = 12;

    Instant time();

    /** Time and kind, as a line begins. */
    static String head(Instant time, String kind) {
        return TIME.format(time) + "  " + kind + " ".repeat(Math.max(1, KIND_WIDTH - kind.length()));
    }
}
