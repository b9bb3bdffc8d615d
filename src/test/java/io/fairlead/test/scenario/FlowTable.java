package io.fairlead.test.scenario;

import io.fairlead.agent.plan.Addresses;
import io.fairlead.agent.plan.Flow;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.test.scenario.FlowRow.Stickiness;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Reads the rows of a {@code flows} section: client, address, result, with two or more blanks between them. Several
 * clients or addresses may stand in one row, with commas.
 *
 * <p>Thread-safe: pure functions.
 */
final class FlowTable {

    private FlowTable() {}

    /** @param plane whose results count where planes differ */
    static List<FlowRow> read(Scenario.Section section, PlaneKind plane) {
        List<FlowRow> rows = new ArrayList<>();
        for (int i = 0; i < section.lines().size(); i++) {
            String line = section.lines().get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            try {
                addRow(section.where(i), line.split("\\s{2,}", -1), plane, rows);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(section.where(i) + ": " + e.getMessage(), e);
            }
        }
        if (rows.isEmpty()) {
            throw new IllegalArgumentException(section.where(0) + ": no flows");
        }
        return rows;
    }

    private static void addRow(String where, String[] columns, PlaneKind plane, List<FlowRow> rows) {
        if (columns.length < 3) {
            throw new IllegalArgumentException("expected client, address and result, with two blanks between them");
        }
        String result = columns[2];
        for (int i = 3; i < columns.length; i++) {
            if (columns[i].startsWith(plane + ": ")) {
                result = columns[i].substring(plane.toString().length() + 2);
            }
        }
        for (String client : columns[0].split(", ", -1)) {
            for (String address : columns[1].split(", ", -1)) {
                rows.add(row(where, client(client), address, result));
            }
        }
    }

    private static Client client(String text) {
        for (Client client : Client.values()) {
            if (client.toString().equals(text)) {
                return client;
            }
        }
        throw new IllegalArgumentException("no client '" + text + "'");
    }

    private static FlowRow row(String where, Client client, String address, String result) {
        Flow flow = flow(client, address);
        Stickiness stickiness = Stickiness.NONE;
        String common = "";
        List<String> alternatives = new ArrayList<>();
        for (String part : result.split(", ", -1)) {
            switch (part) {
                case "sticky" -> stickiness = Stickiness.STICKY;
                case "same" -> stickiness = Stickiness.SAME;
                case "masqueraded" -> common = FlowRow.MASQUERADED;
                case "source kept" -> common = FlowRow.SOURCE_KEPT;
                default -> alternatives.addAll(List.of(part.split(" or ", -1)));
            }
        }
        SortedSet<String> outcomes = new TreeSet<>();
        for (String alternative : alternatives) {
            outcomes.add(outcome(alternative, common));
        }
        if (outcomes.isEmpty()) {
            throw new IllegalArgumentException("no outcome in '" + result + "'");
        }
        return new FlowRow(where, client, flow, outcomes, stickiness);
    }

    private static String outcome(String text, String common) {
        if (text.equals(FlowRow.REJECT) || text.equals(FlowRow.DROP) || text.equals(FlowRow.PASS)) {
            return text;
        }
        String backend = FlowRow.backend(text);
        String source = text.substring(backend.length());
        if (source.isEmpty()) {
            source = common;
        }
        if (!source.equals(FlowRow.MASQUERADED) && !source.equals(FlowRow.SOURCE_KEPT)) {
            throw new IllegalArgumentException("'" + text + "' says neither 'masqueraded' nor 'source kept'");
        }
        int colon = backend.lastIndexOf(':');
        IpAddress address = address(backend.substring(0, Math.max(colon, 0)));
        return Addresses.withPort(address, Integer.parseInt(backend.substring(colon + 1))) + source;
    }

    private static Flow flow(Client client, String text) {
        int slash = text.lastIndexOf('/');
        int colon = text.lastIndexOf(':', Math.max(slash, 0));
        if (slash < 0 || colon < 0) {
            throw new IllegalArgumentException("'" + text + "' is not ADDRESS:PORT/PROTOCOL");
        }
        IpAddress destination = address(text.substring(0, colon));
        return new Flow(
                client.address(destination.family()),
                client.arrival(),
                destination,
                Integer.parseInt(text.substring(colon + 1, slash)),
                Protocol.valueOf(text.substring(slash + 1).toUpperCase(Locale.ROOT)));
    }

    private static IpAddress address(String text) {
        boolean brackets = text.startsWith("[") && text.endsWith("]");
        return IpAddress.parse(brackets ? text.substring(1, text.length() - 1) : text);
    }
}
