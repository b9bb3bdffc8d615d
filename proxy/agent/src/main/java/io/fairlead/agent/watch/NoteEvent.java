package io.fairlead.agent.watch;

import io.fairlead.runtime.table.Printable;
import io.fairlead.runtime.table.StructureWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Locale;

/**
 * Something that is told in a sentence.
 *
 * <p>Immutable.
 *
 * @param object that it is about, with its kind; empty if it is about none
 */
record NoteEvent(Instant time, Kind kind, String object, String text) implements WatchEvent {

    /** What it is about. Immutable. */
    enum Kind {
        WATCHING,
        SET_ASIDE,
        HONOURED,
        FAILED,
        REPAIRED,
        SOURCE,
        LOST;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    @Override
    public void writeText(Appendable out) {
        try {
            out.append(WatchEvent.head(time, kind.toString()))
                    .append(Printable.line(object.isEmpty() ? text : object + ": " + text))
                    .append('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void write(StructureWriter out) {
        out.beginObject()
                .member("time", time.toString())
                .member("event", kind.toString())
                .member("object", object)
                .member("text", text)
                .endObject();
    }
}
