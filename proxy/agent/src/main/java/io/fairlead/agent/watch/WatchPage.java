package io.fairlead.agent.watch;

import io.fairlead.agent.view.SourceStatus;
import io.fairlead.runtime.http.HttpReply;
import io.fairlead.runtime.table.JsonWriter;
import io.fairlead.runtime.table.Output;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The page that goes on: a line for each event, until the client leaves or the agent stops. The source is looked at once
 * a second while somebody watches.
 *
 * <p>Thread-safe.
 */
public final class WatchPage {

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final WatchFeed feed;
    private final Supplier<SourceStatus> source;
    private final String node;

    public WatchPage(WatchFeed feed, Supplier<SourceStatus> source, String node) {
        this.feed = feed;
        this.source = source;
        this.node = node;
    }

    /** @param filter part of the name of an object */
    public HttpReply open(Output output, String filter) {
        Optional<WatchReader> reader = feed.join(filter);
        return reader.isEmpty()
                ? HttpReply.text(503, "no more than " + WatchFeed.READERS_MAX + " commands may watch at a time\n")
                : HttpReply.live(output.contentType(), out -> follow(reader.get(), output, out));
    }

    private void follow(WatchReader reader, Output output, Appendable out) {
        try (reader) {
            Map<String, String> troubles = troubles();
            out.append(lines(List.of(note(NoteEvent.Kind.WATCHING, "", "node " + node)), output));
            Optional<WatchReader.Batch> batch = Optional.of(new WatchReader.Batch(List.of(), 0));
            while (batch.isPresent()) {
                batch = reader.take(PATIENCE);
                List<WatchEvent> events = new ArrayList<>();
                batch.ifPresent(news -> add(news, events));
                Map<String, String> latest = troubles();
                compare(troubles, latest, events);
                troubles = latest;
                // Without news too: that is how a client that left is noticed.
                out.append(lines(events, output));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void add(WatchReader.Batch news, List<WatchEvent> events) {
        events.addAll(news.events());
        if (news.lost() > 0) {
            events.add(note(NoteEvent.Kind.LOST, "", news.lost() + " lines, because they were read too slowly"));
        }
    }

    private NoteEvent note(NoteEvent.Kind kind, String object, String text) {
        return new NoteEvent(feed.now(), kind, object, text);
    }

    /** What is wrong with each part of the source; the empty text where nothing is. */
    private Map<String, String> troubles() {
        Map<String, String> troubles = new HashMap<>();
        switch (source.get()) {
            case SourceStatus.Api api -> api.kinds().forEach(kind -> troubles.put(kind.name(), kind.trouble()));
            case SourceStatus.Manifests manifests ->
                troubles.put("manifests", manifests.present() ? "" : "the directory is missing");
        }
        return troubles;
    }

    private void compare(Map<String, String> before, Map<String, String> after, List<WatchEvent> events) {
        after.forEach((part, trouble) -> {
            if (!trouble.equals(before.getOrDefault(part, ""))) {
                events.add(note(NoteEvent.Kind.SOURCE, part, trouble.isEmpty() ? "is well again" : trouble));
            }
        });
    }

    private static String lines(List<WatchEvent> events, Output output) {
        StringBuilder text = new StringBuilder();
        for (WatchEvent event : events) {
            switch (output) {
                case TABLE -> event.writeText(text);
                case JSON -> {
                    event.write(JsonWriter.compact(text));
                    text.append('\n');
                }
                case YAML -> output.write(event, text.append("---\n"));
            }
        }
        return text.toString();
    }
}
