package io.fairlead.agent.view;

import io.fairlead.agent.plan.Backend;
import io.fairlead.agent.plan.PortPlan;
import io.fairlead.agent.plan.Scope;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.cluster.model.Endpoint;
import io.fairlead.cluster.model.EndpointPort;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.runtime.table.StructureWriter;
import io.fairlead.runtime.table.TextTable;
import io.fairlead.runtime.table.View;
import java.util.ArrayList;
import java.util.List;

/**
 * The endpoints of Services, with what this node uses them for.
 *
 * <p>Immutable.
 */
public record EndpointsView(List<Row> rows) implements View {

    /** One endpoint of one port. {@code use}: what it is used for here, or why it is not. */
    public record Row(String service, String endpoint, String node, String condition, String use) {}

    public EndpointsView {
        rows = List.copyOf(rows);
    }

    /** The endpoints of a Service. */
    public static List<Row> rows(ServicePlan plan, List<EndpointSlice> slices) {
        List<Row> rows = new ArrayList<>();
        for (PortPlan port : plan.ports()) {
            for (EndpointSlice slice : slices) {
                if (slice.family() == port.family()) {
                    addRows(port, slice, rows);
                }
            }
        }
        return rows;
    }

    private static void addRows(PortPlan port, EndpointSlice slice, List<Row> rows) {
        for (EndpointPort candidate : slice.ports()) {
            boolean samePort = candidate.name().equals(port.name().port())
                    && candidate.protocol() == port.name().protocol();
            if (samePort) {
                for (Endpoint endpoint : slice.endpoints()) {
                    Backend backend = new Backend(endpoint.address(), candidate.port(), Backend.Where.UNKNOWN);
                    rows.add(new Row(
                            port.name().toString(),
                            backend.toString(),
                            endpoint.nodeName(),
                            condition(endpoint),
                            use(port, backend, endpoint)));
                }
            }
        }
    }

    private static String condition(Endpoint endpoint) {
        if (endpoint.terminating()) {
            return endpoint.serving() ? "terminating, serving" : "terminating";
        }
        return endpoint.ready() ? "ready" : "not ready";
    }

    private static String use(PortPlan port, Backend backend, Endpoint endpoint) {
        boolean cluster = holds(port.backends(Scope.CLUSTER), backend);
        boolean local = holds(port.backends(Scope.LOCAL), backend);
        if (cluster || local) {
            return cluster && local ? "all and local traffic" : cluster ? "yes" : "local traffic";
        }
        if (!endpoint.ready()) {
            return "no: " + condition(endpoint);
        }
        boolean localOnly = port.backends(Scope.CLUSTER).isEmpty();
        return localOnly ? "no: traffic policy Local, other node" : "no: topology hints prefer others";
    }

    private static boolean holds(List<Backend> backends, Backend backend) {
        for (Backend candidate : backends) {
            if (candidate.compareTo(backend) == 0) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void writeText(Appendable out) {
        TextTable table = new TextTable()
                .column("SERVICE")
                .column("ENDPOINT")
                .column("NODE")
                .column("CONDITION")
                .column("USED");
        rows.forEach(row -> table.row(row.service, row.endpoint, row.node, row.condition, row.use));
        table.writeTo(out);
    }

    @Override
    public void write(StructureWriter out) {
        out.beginObject().name("endpoints").beginArray();
        for (Row row : rows) {
            out.beginObject()
                    .member("service", row.service)
                    .member("endpoint", row.endpoint)
                    .member("node", row.node)
                    .member("condition", row.condition)
                    .member("used", row.use)
                    .endObject();
        }
        out.endArray().endObject();
    }
}
