package io.fairlead.agent.watch;

import io.fairlead.agent.plan.NodePlanDelta;
import io.fairlead.agent.plan.NodePlanDelta.ServiceChange;
import io.fairlead.cluster.model.ObjectKey;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Hands what the agent tells to those who watch. Whoever tells never waits: a change is left as it is in the mailbox of
 * each reader, who works out the line.
 *
 * <p>Thread-safe.
 */
public final class WatchFeed implements AutoCloseable {

    /** Commands that may watch at a time. */
    static final int READERS_MAX = 4;

    private final InstantSource clock;
    private final List<WatchReader> readers = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    public WatchFeed(InstantSource clock) {
        this.clock = clock;
    }

    /** Services were planned, changed or removed. */
    public void changed(NodePlanDelta delta) {
        if (readers.isEmpty() || delta.services().isEmpty()) {
            return;
        }
        Instant time = clock.instant();
        for (ServiceChange change : delta.services()) {
            String service = change.after().service().toString();
            for (WatchReader reader : readers) {
                if (reader.wants(service)) {
                    reader.leave(() -> ServiceEvent.of(time, change));
                }
            }
        }
    }

    /** An object cannot be honoured. */
    public void setAside(ObjectKey object, String where, String reason) {
        note(NoteEvent.Kind.SET_ASIDE, object.kind().label(), object.name().toString(), where + ": " + reason);
    }

    /** An object that was set aside is honoured again, or gone. */
    public void honoured(ObjectKey object) {
        note(NoteEvent.Kind.HONOURED, object.kind().label(), object.name().toString(), "is honoured again or gone");
    }

    /** The kernel refused something. */
    public void failed(String reason) {
        note(NoteEvent.Kind.FAILED, "", "", reason);
    }

    /** Somebody had changed what is ours in the kernel, and it is as it should be again. */
    public void repaired(int elements) {
        note(NoteEvent.Kind.REPAIRED, "", "", "the kernel differed from the plan: " + elements + " elements set right");
    }

    private void note(NoteEvent.Kind kind, String objectKind, String name, String text) {
        if (readers.isEmpty()) {
            return;
        }
        NoteEvent event = new NoteEvent(clock.instant(), kind, (objectKind + " " + name).strip(), text);
        for (WatchReader reader : readers) {
            if (name.isEmpty() || reader.wants(name)) {
                reader.leave(() -> event);
            }
        }
    }

    /** Nothing if too many watch. */
    synchronized Optional<WatchReader> join(String filter) {
        if (closed || readers.size() >= READERS_MAX) {
            return Optional.empty();
        }
        WatchReader reader = new WatchReader(filter, readers::remove);
        readers.add(reader);
        return Optional.of(reader);
    }

    /** How many watch. */
    int readers() {
        return readers.size();
    }

    Instant now() {
        return clock.instant();
    }

    /** Whoever watches has what was told before, and then the end. */
    @Override
    public synchronized void close() {
        closed = true;
        readers.forEach(WatchReader::end);
    }
}
