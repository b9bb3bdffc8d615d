package io.fairlead.runtime.logging;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts records of one kind (logger, level, template) in windows of time; beyond the limit they are held back, and the
 * end of the window tells how many there were.
 *
 * <p>Windows are as long as each other, so that the order of their beginning, which the map keeps, is the order of their
 * end. Time that runs backwards only makes a window longer. Confined to the thread that holds its owner's lock.
 */
final class RepeatLimit {

    /** Kinds counted apart; beyond that a logger's records count together, whatever they say. */
    private static final int KINDS_MAX = 1024;

    /** What to do with a record. Immutable. */
    enum Decision {
        WRITE,
        FIRST_HELD_BACK,
        HELD_BACK
    }

    private record Kind(String logger, Level level, String template) {}

    private static final class Window {
        private final Instant end;
        private int records;

        private Window(Instant end) {
            this.end = end;
        }
    }

    private final int recordsMax;
    private final Duration length;
    private final Map<Kind, Window> windows = new LinkedHashMap<>();

    RepeatLimit(int recordsMax, Duration length) {
        this.recordsMax = recordsMax;
        this.length = length;
    }

    Decision count(LogRecord record, Instant time) {
        Kind kind = new Kind(record.logger(), record.level(), record.template());
        if (windows.size() >= KINDS_MAX && !windows.containsKey(kind)) {
            kind = new Kind(record.logger(), record.level(), "other messages");
        }
        Window window = windows.computeIfAbsent(kind, ignored -> new Window(time.plus(length)));
        window.records++;
        if (window.records <= recordsMax) {
            return Decision.WRITE;
        }
        return window.records == recordsMax + 1 ? Decision.FIRST_HELD_BACK : Decision.HELD_BACK;
    }

    /**
     * Forgets the windows that ended and tells what was held back in them.
     *
     * @param time the moment; null ends all windows
     */
    List<LogRecord> ended(@Nullable Instant time) {
        List<LogRecord> repeats = new ArrayList<>();
        Iterator<Map.Entry<Kind, Window>> oldestFirst = windows.entrySet().iterator();
        while (oldestFirst.hasNext()) {
            Map.Entry<Kind, Window> entry = oldestFirst.next();
            if (time != null && entry.getValue().end.isAfter(time)) {
                break;
            }
            oldestFirst.remove();
            int heldBack = entry.getValue().records - recordsMax;
            if (heldBack > 0) {
                Kind kind = entry.getKey();
                String message = kind.template + " … repeated " + heldBack + " times";
                repeats.add(new LogRecord(kind.level, kind.logger, kind.template, message, null));
            }
        }
        return repeats;
    }
}
