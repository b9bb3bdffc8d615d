package io.fairlead.ingress.translate;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.ingress.destination.DestinationPolicy;
import io.fairlead.ingress.destination.Destinations;
import io.fairlead.ingress.route.BackendGroup;
import io.fairlead.ingress.route.HostMatch;
import io.fairlead.ingress.route.Route;
import io.fairlead.ingress.route.RouteAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A cluster with its translator, and short answers to what a test wants to know of it.
 *
 * <p>Confined to the test's thread.
 */
final class Stage implements AutoCloseable {

    static final IpAddress NODE = IpAddress.parse("192.168.0.2");
    static final DestinationPolicy POLICY = new DestinationPolicy(Set.of(NODE), Set.of(8443), List.of());

    private final Cluster cluster = new Cluster();
    private final IngressTranslator translator;
    DestinationPolicy policy = POLICY;
    Translation now = Translation.EMPTY;
    TranslationDelta delta = new TranslationDelta(false, Set.of(), Set.of(), Set.of(), Set.of(), false);

    Stage() {
        this(IngressSettings.DEFAULT);
    }

    Stage(IngressSettings settings) {
        translator = new IngressTranslator(settings, Cluster.ANNOTATIONS, () -> policy);
        apply(Texts.CLASSES);
    }

    Cluster cluster() {
        return cluster;
    }

    Stage apply(String... manifests) {
        for (String manifest : manifests) {
            cluster.apply(manifest);
        }
        return translate();
    }

    Stage translate() {
        Cluster.Moment moment = cluster.moment();
        IngressTranslator.Result result = translator.translate(moment.delta(), moment.snapshot());
        now = result.translation();
        delta = result.delta();
        return this;
    }

    Route route(String host, String path) {
        byte[] hostBytes = host.getBytes(StandardCharsets.UTF_8);
        byte[] pathBytes = path.getBytes(StandardCharsets.UTF_8);
        return now.routes().lookup(hostBytes, 0, hostBytes.length, pathBytes, 0, pathBytes.length);
    }

    /** What happens to a request over TLS: {@code web:80}, {@code 404 NO_MATCH}. */
    String secure(String host, String path) {
        return text(route(host, path).action());
    }

    /** What happens to one without. */
    String plain(String host, String path) {
        return text(route(host, path).plainAction());
    }

    private static String text(RouteAction action) {
        return switch (action) {
            case RouteAction.Forward(BackendGroup group, var _) ->
                group.service().name() + ":" + group.port();
            case RouteAction.Redirect redirect -> redirect.status() + " " + redirect.scheme();
            case RouteAction.Respond respond -> respond.status() + " " + respond.reason();
        };
    }

    RouteAction.Forward forward(String host, String path) {
        return (RouteAction.Forward) route(host, path).action();
    }

    /** All problems as lines. */
    List<String> problems() {
        List<String> lines = new ArrayList<>();
        now.problems().values().forEach(list -> list.forEach(problem -> lines.add(problem.toString())));
        return lines;
    }

    /** Where requests for a group of namespace shop go: addresses, a name, or a reason. */
    String destinations(String service, int port) {
        Destinations found = now.backends().get(new BackendGroup(new ObjectName("shop", service), port));
        return switch (found) {
            case null -> "no group";
            case Destinations.Addresses addresses ->
                String.join(" ", addresses.list().stream().map(Object::toString).toList());
            case Destinations.HostName name -> name.name() + ":" + name.port();
            case Destinations.None none -> none.reason().toString();
        };
    }

    /** Who answers TLS: names of Secrets, passthrough to a group, or none. */
    String tls(String host) {
        HostTls found = now.tls().get(HostMatch.parse(host));
        return switch (found) {
            case null -> "none";
            case HostTls.Certificates certificates -> certificates.secrets().toString();
            case HostTls.Passthrough passthrough -> "to " + passthrough.backend();
        };
    }

    @Override
    public void close() {
        cluster.close();
    }
}
