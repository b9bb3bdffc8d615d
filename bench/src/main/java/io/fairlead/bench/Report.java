package io.fairlead.bench;

import io.fairlead.runtime.table.JsonWriter;
import io.fairlead.runtime.table.StructureWriter;
import io.fairlead.runtime.table.TextTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The rows of one benchmark as a table for people and a line of JSON for programs, with what else the machine did.
 *
 * <p>Immutable.
 */
record Report(String name, List<Row> rows, double loadBefore, double loadAfter) {

    Report {
        rows = List.copyOf(rows);
    }

    void writeTo(Appendable out) {
        TextTable table = new TextTable()
                .column(name)
                .column("measured", TextTable.Align.RIGHT)
                .column("least", TextTable.Align.RIGHT)
                .column("most", TextTable.Align.RIGHT)
                .column("target", TextTable.Align.RIGHT)
                .column("");
        for (Row row : rows) {
            table.row(
                    row.what(),
                    row.text(row.value()),
                    row.text(row.least()),
                    row.text(row.most()),
                    row.promised() ? "<= " + row.text(row.limit()) : "",
                    row.promised() ? row.kept() ? "kept" : "MISSED" : "");
        }
        try {
            table.writeTo(out);
            out.append("load of the machine: ")
                    .append(Double.toString(loadBefore))
                    .append(" before, ")
                    .append(Double.toString(loadAfter))
                    .append(" after\n");
            writeJson(out);
            out.append('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void writeJson(Appendable out) {
        StructureWriter json = JsonWriter.compact(out)
                .beginObject()
                .member("benchmark", name)
                .member("loadBefore", loadBefore)
                .member("loadAfter", loadAfter)
                .name("rows")
                .beginArray();
        for (Row row : rows) {
            json.beginObject()
                    .member("what", row.what())
                    .member("value", row.value())
                    .member("unit", row.unit())
                    .member("least", row.least())
                    .member("most", row.most());
            if (row.promised()) {
                json.member("limit", row.limit()).member("kept", row.kept());
            }
            json.endObject();
        }
        json.endArray().endObject();
    }

    /** Processes that ran or wanted to run, on average of the last minute. */
    static double load() {
        try {
            String text = Files.readString(Path.of("/proc/loadavg"), StandardCharsets.US_ASCII);
            return Double.parseDouble(text.substring(0, text.indexOf(' ')));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
