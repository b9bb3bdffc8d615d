package io.fairlead.agent.view;

import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.runtime.table.JsonWriter;
import io.fairlead.runtime.table.TextTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * How the agent is doing.
 *
 * <p>Immutable.
 *
 * @param state one word: {@code starting}, {@code in-sync}, {@code syncing} or {@code failing}
 * @param lastSync when the kernel last was as it should be, ISO 8601; empty if it never was
 * @param setAside objects that cannot be honoured
 * @param warnings what an operator should know, a sentence each
 */
public record StatusView(
        String node,
        String mode,
        String state,
        String lastSync,
        int services,
        int frontends,
        List<SetAsideRow> setAside,
        List<String> warnings)
        implements View {

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

    /** The same, with more to know. */
    public StatusView withWarnings(List<String> more) {
        List<String> all = new ArrayList<>(warnings);
        all.addAll(more);
        return new StatusView(node, mode, state, lastSync, services, frontends, setAside, all);
    }

    @Override
    public void writeText(Appendable out) {
        try {
            line(out, "node", node);
            line(out, "mode", mode);
            line(out, "state", state);
            line(out, "last sync", lastSync.isEmpty() ? "-" : lastSync);
            line(out, "services", services + " with " + frontends + " frontends");
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

    private static void line(Appendable out, String name, String value) throws IOException {
        out.append(name)
                .append(" ".repeat(Math.max(1, 12 - name.length())))
                .append(value)
                .append('\n');
    }

    @Override
    public void writeJson(JsonWriter json) {
        json.beginObject()
                .member("node", node)
                .member("mode", mode)
                .member("state", state)
                .member("lastSync", lastSync)
                .member("services", services)
                .member("frontends", frontends);
        json.name("setAside").beginArray();
        for (SetAsideRow row : setAside) {
            json.beginObject()
                    .member("kind", row.kind())
                    .member("name", row.name())
                    .member("where", row.where)
                    .member("reason", row.reason)
                    .endObject();
        }
        json.endArray().name("warnings").beginArray();
        warnings.forEach(json::value);
        json.endArray().endObject();
    }
}
