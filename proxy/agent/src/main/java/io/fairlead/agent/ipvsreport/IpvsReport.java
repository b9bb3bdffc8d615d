package io.fairlead.agent.ipvsreport;

import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.runtime.table.StructureWriter;
import io.fairlead.runtime.table.TextTable;
import io.fairlead.runtime.table.View;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What would be otherwise on a node in mode nftables, one line each.
 *
 * <p>Immutable.
 *
 * @param node its name
 * @param basis what was looked at, for people
 * @param services all that the node routes
 * @param differences in order
 */
public record IpvsReport(String node, String basis, int services, List<Difference> differences) implements View {

    public IpvsReport {
        differences = List.copyOf(differences);
    }

    /**
     * Compares the plans of both modes, and them with what the node has: a pure function.
     *
     * @throws IllegalArgumentException if the cluster has no such Node
     */
    public static IpvsReport of(
            ClusterSnapshot snapshot, AgentPolicy policy, IpvsSettings settings, ObservedNode observed) {
        BothModes modes = BothModes.plan(snapshot, policy, observed);
        Optional<KnownServers> servers = switch (observed.servers()) {
            case ObservedServers.Known known ->
                Optional.of(new KnownServers(modes, known, observed.serviceAddresses()));
            case ObservedServers.Unknown _ -> Optional.empty();
        };
        ServiceComparison services = new ServiceComparison(modes, settings, observed, servers);
        List<Difference> found =
                new ArrayList<>(new NodeComparison(modes, settings, observed).compare(services, servers));
        for (ObjectName service : modes.services()) {
            found.addAll(services.of(service));
        }
        found.sort(null);
        return new IpvsReport(
                policy.nodeName(),
                basis(observed),
                modes.services().size(),
                found.stream().distinct().toList());
    }

    private static String basis(ObservedNode observed) {
        if (!observed.isNode()) {
            return "there is no link kube-ipvs0 here: by the cluster alone, and the addresses of the Node object";
        }
        String link = "kube-ipvs0 has " + observed.serviceAddresses().size() + " addresses, ";
        return switch (observed.servers()) {
            case ObservedServers.Known known -> link + "IPVS " + known.servers().size() + " virtual servers";
            case ObservedServers.Unknown unknown -> link + "IPVS cannot be read: " + unknown.reason();
        };
    }

    /** Services that at least one difference is about. */
    public long changed() {
        return differences.stream()
                .filter(difference -> !difference.isOfNode())
                .map(Difference::service)
                .distinct()
                .count();
    }

    @Override
    public void writeText(Appendable out) {
        TextTable table = new TextTable().column("SERVICE").column("ABOUT").column("DIFFERENCE");
        for (Difference difference : differences) {
            table.row(
                    difference.isOfNode() ? "(the node)" : difference.service(),
                    difference.topic().toString(),
                    difference.text());
        }
        try {
            out.append("node ").append(node).append(": ").append(basis).append('\n');
            if (!table.isEmpty()) {
                table.writeTo(out);
            }
            out.append("Services: ").append(String.valueOf(services)).append(", with differences of their own: ");
            out.append(String.valueOf(changed())).append(", without: ");
            out.append(String.valueOf(services - changed())).append('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void write(StructureWriter out) {
        out.beginObject()
                .member("node", node)
                .member("basis", basis)
                .member("services", services)
                .member("servicesWithDifferences", changed());
        out.name("differences").beginArray();
        for (Difference difference : differences) {
            out.beginObject().name("service");
            if (difference.isOfNode()) {
                out.nothing();
            } else {
                out.value(difference.service());
            }
            out.member("topic", difference.topic().toString())
                    .member("text", difference.text())
                    .endObject();
        }
        out.endArray().endObject();
    }
}
