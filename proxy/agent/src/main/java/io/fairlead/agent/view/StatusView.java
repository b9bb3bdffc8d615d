package io.fairlead.agent.view;

import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.runtime.table.Printable;
import io.fairlead.runtime.table.StructureWriter;
import io.fairlead.runtime.table.TextTable;
import io.fairlead.runtime.table.View;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How the agent is doing.
 *
 * <p>Immutable.
 *
 * @param setAside objects that cannot be honoured
 * @param warnings what an operator should know, a sentence each
 */
public record StatusView(
        Agent agent,
        Sync sync,
        int services,
        int frontends,
        SourceStatus source,
        ProcessStatus process,
        List<SetAsideRow> setAside,
        List<String> warnings)
        implements View {

    /** The state of an agent that has not been able to bring the kernel up to date for a minute. */
    public static final String FAILING = "failing";

    /**
     * Who answers.
     *
     * <p>Immutable.
     *
     * @param state one word: {@code starting}, {@code in-sync}, {@code syncing} or {@link #FAILING}
     * @param now when this was true
     */
    public record Agent(String node, String mode, String state, Instant now) {}

    /**
     * How the kernel follows the cluster.
     *
     * <p>Immutable.
     *
     * @param last when the kernel last was as it should be; nothing if it never was
     * @param lag age of the oldest change that is not in the kernel, zero without one
     * @param recent how long recent changes took to get there
     */
    public record Sync(Optional<Instant> last, Duration lag, Times recent) {}

    /**
     * Times of the last few changes, from their arrival to the kernel.
     *
     * <p>Immutable.
     *
     * @param count how many; all else is zero without any
     */
    public record Times(int count, Duration last, Duration median, Duration max) {

        public static final Times NONE = new Times(0, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    }

    /**
     * An object that cannot be honoured: its last good state, if any, is in force.
     *
     * @param where that was noticed: {@code file:line}, {@code API}, {@code plan} or {@link #KERNEL}
     */
    public record SetAsideRow(ObjectKey object, String where, String reason) {

        /** The kernel of this node refused a part of it. */
        public static final String KERNEL = "kernel";

        String kind() {
            return object.kind().label();
        }

        String name() {
            return object.name().toString();
        }
    }

    public StatusView {
        setAside = List.copyOf(setAside);
        warnings = List.copyOf(warnings);
    }

    @Override
    public void writeText(Appendable out) {
        try {
            line(out, "node", agent.node + ", " + agent.mode);
            line(out, "state", agent.state);
            if (!sync.lag.isZero()) {
                line(out, "lag", "the oldest change has been waiting for " + age(sync.lag));
            }
            line(out, "last sync", lastSync());
            line(out, "services", services + " with " + frontends + " frontends");
            writeSource(out);
            line(out, "process", process.text());
            line(out, "conntrack", process.conntrackText());
            line(out, "versions", process.versions());
            line(out, "set aside", String.valueOf(setAside.size()));
            for (String warning : warnings) {
                line(out, "warning", warning);
            }
            if (!setAside.isEmpty()) {
                out.append('\n');
                TextTable table = new TextTable()
                        .column("KIND")
                        .column("NAME")
                        .column("WHERE")
                        .column("REASON");
                setAside.forEach(row -> table.row(row.kind(), row.name(), row.where, row.reason));
                table.writeTo(out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String lastSync() {
        if (sync.last.isEmpty()) {
            return "-";
        }
        Times times = sync.recent;
        String recent = times.count == 0
                ? ""
                : "; changes took " + millis(times.last) + " ms (median " + millis(times.median) + ", longest "
                        + millis(times.max) + " of the last " + times.count + ")";
        return sync.last.get().truncatedTo(ChronoUnit.MILLIS) + recent;
    }

    private void writeSource(Appendable out) throws IOException {
        switch (source) {
            case SourceStatus.Manifests manifests -> {
                line(
                        out,
                        "source",
                        "manifests in " + manifests.directory() + ", files: " + manifests.files()
                                + (manifests.filesInTrouble() == 0
                                        ? ""
                                        : ", of them in trouble: " + manifests.filesInTrouble()));
                if (!manifests.present()) {
                    line(out, "trouble", "the directory is missing; nothing changes until it is there");
                }
            }
            case SourceStatus.Api api -> {
                long listed =
                        api.kinds().stream().filter(SourceStatus.Kind::listed).count();
                line(
                        out,
                        "source",
                        "Kubernetes API: " + listed + " of " + api.kinds().size() + " kinds listed");
                for (SourceStatus.Kind kind : api.kinds()) {
                    if (!kind.trouble().isEmpty()) {
                        line(out, "trouble", kind.name() + ": " + kind.trouble() + contact(kind));
                    }
                }
            }
        }
    }

    private String contact(SourceStatus.Kind kind) {
        return kind.lastContact().equals(Instant.EPOCH)
                ? ""
                : "; last heard of " + age(Duration.between(kind.lastContact(), agent.now)) + " ago";
    }

    /** In the two largest units that matter. */
    static String age(Duration time) {
        long seconds = Math.max(0, time.toSeconds());
        if (seconds < 60) {
            return seconds == 0 ? millis(time) + " ms" : seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min";
        }
        return seconds < 86400
                ? seconds / 3600 + " h " + seconds / 60 % 60 + " min"
                : seconds / 86400 + " d " + seconds / 3600 % 24 + " h";
    }

    private static String millis(Duration time) {
        return String.format(Locale.ROOT, "%.1f", time.toNanos() / 1e6);
    }

    private static void line(Appendable out, String name, String value) throws IOException {
        out.append(name)
                .append(" ".repeat(Math.max(1, 12 - name.length())))
                .append(Printable.line(value))
                .append('\n');
    }

    @Override
    public void write(StructureWriter out) {
        out.beginObject()
                .member("node", agent.node)
                .member("mode", agent.mode)
                .member("state", agent.state)
                .member("time", agent.now.toString())
                .member("lastSync", sync.last.map(Instant::toString).orElse(""))
                .member("lagSeconds", seconds(sync.lag))
                .name("recentChanges")
                .beginObject()
                .member("count", sync.recent.count)
                .member("lastSeconds", seconds(sync.recent.last))
                .member("medianSeconds", seconds(sync.recent.median))
                .member("maxSeconds", seconds(sync.recent.max))
                .endObject()
                .member("services", services)
                .member("frontends", frontends);
        writeSource(out.name("source"));
        process.write(out);
        out.name("setAside").beginArray();
        for (SetAsideRow row : setAside) {
            out.beginObject()
                    .member("kind", row.kind())
                    .member("name", row.name())
                    .member("where", row.where)
                    .member("reason", row.reason)
                    .endObject();
        }
        out.endArray().name("warnings").beginArray();
        warnings.forEach(out::value);
        out.endArray().endObject();
    }

    private void writeSource(StructureWriter out) {
        out.beginObject();
        switch (source) {
            case SourceStatus.Manifests manifests ->
                out.member("type", "manifests")
                        .member("directory", manifests.directory())
                        .member("present", manifests.present())
                        .member("files", manifests.files())
                        .member("filesInTrouble", manifests.filesInTrouble());
            case SourceStatus.Api api -> {
                out.member("type", "kubernetes").name("kinds").beginArray();
                for (SourceStatus.Kind kind : api.kinds()) {
                    out.beginObject()
                            .member("kind", kind.name())
                            .member("listed", kind.listed())
                            .member("lastContact", kind.lastContact().toString())
                            .member("trouble", kind.trouble())
                            .endObject();
                }
                out.endArray();
            }
        }
        out.endObject();
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }
}
