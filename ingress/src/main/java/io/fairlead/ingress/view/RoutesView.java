package io.fairlead.ingress.view;

import io.fairlead.ingress.route.PathMatch;
import io.fairlead.ingress.route.Route;
import io.fairlead.ingress.translate.Translation;
import io.fairlead.runtime.table.StructureWriter;
import io.fairlead.runtime.table.TextTable;
import io.fairlead.runtime.table.View;
import java.util.Comparator;
import java.util.List;

/**
 * All routes, by host and path.
 *
 * <p>Immutable.
 */
public final class RoutesView implements View {

    private static final Comparator<Route> ORDER = Comparator.comparing((Route route) -> hostKey(route))
            .thenComparing(route -> route.path().text())
            .thenComparing(route -> type(route.path()));

    private final Translation translation;
    private final List<Route> routes;

    /** @param filter part of a host, or of namespace/name of the object that a route is of; empty for all */
    public RoutesView(Translation translation, String filter) {
        this.translation = translation;
        routes = translation.routes().routes().stream()
                .filter(route -> host(route).contains(filter)
                        || route.source().object().toString().contains(filter))
                .sorted(ORDER)
                .toList();
    }

    /** A name's labels from the last on, so that a domain's hosts stand together. */
    private static String hostKey(Route route) {
        List<String> labels = List.of(host(route).split("\\.", -1)).reversed();
        return String.join(".", labels);
    }

    private static String host(Route route) {
        return route.host().text().isEmpty() ? "*" : route.host().text();
    }

    private static String type(PathMatch path) {
        return switch (path) {
            case PathMatch.Exact ignored -> "Exact";
            case PathMatch.Prefix ignored -> "Prefix";
            case PathMatch.Everything ignored -> "default";
        };
    }

    @Override
    public void writeText(Appendable out) {
        TextTable table = new TextTable()
                .column("HOST")
                .column("PATH")
                .column("TYPE")
                .column("GOES TO")
                .column("WITHOUT TLS")
                .column("SAID BY");
        for (Route route : routes) {
            boolean same = route.action().equals(route.plainAction());
            table.row(
                    host(route),
                    route.path().text(),
                    type(route.path()),
                    ActionText.of(route.action(), translation),
                    same ? "same" : ActionText.of(route.plainAction(), translation),
                    route.source().object().toString());
        }
        table.writeTo(out);
    }

    @Override
    public void write(StructureWriter out) {
        out.beginObject().name("routes").beginArray();
        for (Route route : routes) {
            out.beginObject()
                    .member("host", host(route))
                    .member("path", route.path().text())
                    .member("type", type(route.path()))
                    .member("action", ActionText.of(route.action(), translation))
                    .member("actionWithoutTls", ActionText.of(route.plainAction(), translation))
                    .member("kind", route.source().kind())
                    .member("namespace", route.source().object().namespace())
                    .member("name", route.source().object().name());
            out.name("endpoints").beginArray();
            ActionText.endpoints(route.action(), translation).forEach(out::value);
            out.endArray().endObject();
        }
        out.endArray().endObject();
    }
}
