package io.fairlead.agent.view;

import io.fairlead.agent.plan.Backend;
import io.fairlead.agent.plan.Frontend;
import io.fairlead.agent.plan.PortPlan;
import io.fairlead.agent.plan.Scope;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.runtime.table.StructureWriter;
import io.fairlead.runtime.table.TextTable;
import io.fairlead.runtime.table.View;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The frontends of this node, one line each.
 *
 * <p>Immutable.
 *
 * @param plans in the order in which they are shown
 */
public record ServicesView(List<ServicePlan> plans) implements View {

    public ServicesView {
        plans = List.copyOf(plans);
    }

    @Override
    public void writeText(Appendable out) {
        TextTable table = new TextTable()
                .column("SERVICE")
                .column("FRONTEND")
                .column("KIND")
                .column("ROUTING")
                .column("BACKENDS", TextTable.Align.RIGHT)
                .column("HERE", TextTable.Align.RIGHT)
                .column("AFFINITY");
        for (ServicePlan plan : plans) {
            for (PortPlan port : plan.ports()) {
                for (Frontend frontend : port.frontends()) {
                    table.row(
                            port.name().toString(),
                            frontend.key().toString(),
                            frontend.kind().toString(),
                            routing(frontend),
                            String.valueOf(backends(port).size()),
                            String.valueOf(here(port)),
                            port.affinitySeconds() > 0 ? port.affinitySeconds() + " s" : "");
                }
            }
        }
        table.writeTo(out);
    }

    @Override
    public void write(StructureWriter out) {
        out.beginObject().name("services").beginArray();
        for (ServicePlan plan : plans) {
            for (PortPlan port : plan.ports()) {
                writePort(port, out);
            }
        }
        out.endArray().endObject();
    }

    private static void writePort(PortPlan port, StructureWriter out) {
        out.beginObject()
                .member("namespace", port.name().service().namespace())
                .member("name", port.name().service().name())
                .member("port", port.name().port())
                .member("protocol", port.name().protocol().lowerName())
                .member("family", port.family() == IpFamily.IPV4 ? "IPv4" : "IPv6")
                .member("selection", port.selection().toString())
                .member("affinitySeconds", port.affinitySeconds());
        out.name("frontends").beginArray();
        for (Frontend frontend : port.frontends()) {
            out.beginObject()
                    .member(
                            "address",
                            frontend.key().address().isUnspecified()
                                    ? "node"
                                    : frontend.key().address().toString())
                    .member("port", frontend.key().port())
                    .member("kind", frontend.kind().toString())
                    .member("routing", routing(frontend));
            out.name("sourceRanges").beginArray();
            frontend.sourceRanges().forEach(range -> out.value(range.toString()));
            out.endArray().endObject();
        }
        out.endArray().name("backends").beginArray();
        for (Backend backend : backends(port)) {
            out.beginObject()
                    .member("address", backend.address().toString())
                    .member("port", backend.port())
                    .member("local", backend.local())
                    .endObject();
        }
        out.endArray().endObject();
    }

    /** All that any client may reach: hints narrow the cluster list, and the local one may hold what they left out. */
    private static SortedSet<Backend> backends(PortPlan port) {
        SortedSet<Backend> all = new TreeSet<>(port.backends(Scope.CLUSTER));
        all.addAll(port.backends(Scope.LOCAL));
        return all;
    }

    private static long here(PortPlan port) {
        return backends(port).stream().filter(Backend::local).count();
    }

    private static String routing(Frontend frontend) {
        return frontend.routing().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
