package io.fairlead.ingress.view;

import io.fairlead.runtime.table.StructureWriter;
import io.fairlead.runtime.table.TextTable;
import io.fairlead.runtime.table.View;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The certificates that clients are shown, those that end first at the top.
 *
 * <p>Immutable.
 */
public record CertificatesView(List<Row> rows, Instant now) implements View {

    /**
     * A certificate.
     *
     * <p>Immutable.
     *
     * @param secret namespace/name, or what else it is of
     * @param hosts for which it is shown, as they stand in rules
     * @param names that it holds
     * @param warnings what is wrong with it, a clause each
     */
    public record Row(
            String secret,
            List<String> hosts,
            String names,
            String key,
            String issuer,
            Instant notAfter,
            List<String> warnings) {

        public Row {
            hosts = List.copyOf(hosts);
            warnings = List.copyOf(warnings);
        }
    }

    public CertificatesView {
        rows = List.copyOf(rows);
    }

    @Override
    public void writeText(Appendable out) {
        TextTable table = new TextTable()
                .column("SECRET")
                .column("HOSTS")
                .column("NAMES")
                .column("KEY")
                .column("ENDS IN", TextTable.Align.RIGHT)
                .column("REMARK");
        for (Row row : rows) {
            table.row(
                    row.secret(),
                    String.join(", ", row.hosts()),
                    row.names(),
                    row.key(),
                    left(row),
                    String.join("; ", row.warnings()));
        }
        table.writeTo(out);
    }

    private String left(Row row) {
        Duration left = Duration.between(now, row.notAfter());
        if (left.isNegative()) {
            return "ended";
        }
        return left.toDays() > 0 ? left.toDays() + " d" : left.toHours() + " h";
    }

    @Override
    public void write(StructureWriter out) {
        out.beginObject().name("certificates").beginArray();
        for (Row row : rows) {
            out.beginObject().member("secret", row.secret());
            out.name("hosts").beginArray();
            row.hosts().forEach(out::value);
            out.endArray()
                    .member("names", row.names())
                    .member("key", row.key())
                    .member("issuer", row.issuer())
                    .member("notAfter", row.notAfter().toString());
            out.name("warnings").beginArray();
            row.warnings().forEach(out::value);
            out.endArray().endObject();
        }
        out.endArray().endObject();
    }
}
