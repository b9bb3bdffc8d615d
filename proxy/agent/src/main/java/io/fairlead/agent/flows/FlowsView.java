package io.fairlead.agent.flows;

import io.fairlead.runtime.table.StructureWriter;
import io.fairlead.runtime.table.TextTable;
import io.fairlead.runtime.table.View;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Flows of Services, one line each.
 *
 * <p>Immutable.
 *
 * @param more flows beside these
 */
public record FlowsView(List<Row> rows, long more) implements View {

    /**
     * A flow.
     *
     * <p>Immutable.
     *
     * @param frontend where the client sent it
     * @param backend who answers; empty if the kernel did not translate the flow
     * @param seconds until the kernel forgets it if nothing more comes
     * @param packets of both directions, -1 if they are not counted; so are {@code bytes}
     * @param note what is strange about it; empty if nothing is
     */
    public record Row(
            String service,
            String client,
            String frontend,
            String backend,
            String state,
            int seconds,
            long packets,
            long bytes,
            String note) {}

    public FlowsView {
        rows = List.copyOf(rows);
    }

    @Override
    public void writeText(Appendable out) {
        boolean counted = rows.stream().anyMatch(row -> row.packets >= 0);
        TextTable table = new TextTable()
                .column("SERVICE")
                .column("CLIENT")
                .column("FRONTEND")
                .column("BACKEND")
                .column("STATE")
                .column("EXPIRES", TextTable.Align.RIGHT);
        if (counted) {
            table.column("PACKETS", TextTable.Align.RIGHT).column("BYTES", TextTable.Align.RIGHT);
        }
        table.column("NOTE");
        for (Row row : rows) {
            String expires = row.seconds + " s";
            if (counted) {
                table.row(
                        row.service,
                        row.client,
                        row.frontend,
                        row.backend,
                        row.state,
                        expires,
                        count(row.packets),
                        count(row.bytes),
                        row.note);
            } else {
                table.row(row.service, row.client, row.frontend, row.backend, row.state, expires, row.note);
            }
        }
        table.writeTo(out);
        if (more > 0) {
            try {
                out.append("and ").append(String.valueOf(more)).append(" more; --limit shows more of them\n");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static String count(long number) {
        return number < 0 ? "" : String.valueOf(number);
    }

    @Override
    public void write(StructureWriter out) {
        out.beginObject().name("flows").beginArray();
        for (Row row : rows) {
            out.beginObject()
                    .member("service", row.service)
                    .member("client", row.client)
                    .member("frontend", row.frontend)
                    .member("backend", row.backend)
                    .member("state", row.state)
                    .member("expiresSeconds", row.seconds);
            if (row.packets >= 0) {
                out.member("packets", row.packets).member("bytes", row.bytes);
            }
            out.member("note", row.note).endObject();
        }
        out.endArray().member("more", more).endObject();
    }
}
