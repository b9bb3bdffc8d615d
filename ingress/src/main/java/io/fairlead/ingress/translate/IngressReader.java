package io.fairlead.ingress.translate;

import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Service;
import io.fairlead.cluster.source.decode.Quoted;
import io.fairlead.ingress.resource.Ingress;
import io.fairlead.ingress.resource.IngressBackend;
import io.fairlead.ingress.resource.IngressKinds;
import io.fairlead.ingress.resource.IngressPath;
import io.fairlead.ingress.resource.IngressRule;
import io.fairlead.ingress.resource.IngressTls;
import io.fairlead.ingress.route.BackendGroup;
import io.fairlead.ingress.route.HostMatch;
import io.fairlead.ingress.route.PathMatch;
import io.fairlead.ingress.route.Route;
import io.fairlead.ingress.route.RouteAction;
import io.fairlead.ingress.route.RouteSource;
import io.fairlead.ingress.translate.annotation.AnnotationReader;
import io.fairlead.ingress.translate.annotation.IngressOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads one Ingress.
 *
 * <ul>
 *   <li>A rule's paths are routes of its host. So is the default backend, behind all paths, of each host that the rules
 *       name; without rules, of any host.
 *   <li>A rule without paths gives its host to the default backend, and without one to that of the table.
 *   <li>What is wrong with one host or path leaves out only that.
 *   <li>What is wrong with an annotation about security makes all routes answer 503.
 * </ul>
 *
 * <p>Confined to the translator's thread; one object reads one Ingress.
 */
final class IngressReader {

    /** Of a host and path in a message. */
    private static final int PLACE_MAX = 256;

    private final Ingress ingress;
    private final Map<ObjectName, Service> services;
    private final IngressOptions options;
    private final ForwardPolicies policies;
    private final ObjectKey key;

    /** Why nothing may pass; empty if it may. */
    private final String denied;

    private final List<Problem> problems = new ArrayList<>();
    private final Map<HostMatch, List<Route>> routes = new LinkedHashMap<>();
    private final Map<HostMatch, List<ObjectName>> certificates = new LinkedHashMap<>();
    private final Map<HostMatch, BackendGroup> passthrough = new LinkedHashMap<>();
    private final Set<BackendGroup> groups = new HashSet<>();
    private final Set<ObjectName> named = new HashSet<>();
    private final Set<ObjectName> secrets = new HashSet<>();

    private IngressReader(
            Ingress ingress,
            Map<ObjectName, Service> services,
            AnnotationReader annotations,
            IngressSettings settings) {
        this.ingress = ingress;
        this.services = services;
        this.key = isDefault() && ingress.defaultBackend() instanceof IngressBackend.OfService backend
                ? new ObjectKey(ClusterKind.SERVICE, inNamespace(backend.service()))
                : ingress.key();
        AnnotationReader.Reading reading = annotations.read(
                ingress.annotations(), settings.policy(), settings.redirects().toHttps());
        this.options = reading.options();
        this.policies = new ForwardPolicies(options);
        this.denied = denied(reading.faults());
    }

    static IngressPart read(
            Ingress ingress,
            Map<ObjectName, Service> services,
            AnnotationReader annotations,
            IngressSettings settings) {
        return new IngressReader(ingress, services, annotations, settings).read();
    }

    /** The part of the operator's default backend, which comes behind all others. */
    static IngressPart ofDefault(Map<ObjectName, Service> services, IngressSettings settings) {
        IngressSettings.DefaultBackend given = settings.defaultBackend();
        Ingress none = new Ingress(
                new ObjectName(given.namespace(), ""),
                Long.MAX_VALUE,
                "",
                Map.of(),
                given.backend(),
                List.of(),
                List.of(),
                List.of());
        return read(none, services, new AnnotationReader(List.of()), settings);
    }

    /** Whether it is no object but the operator's default backend, whose problems are those of the Service. */
    private boolean isDefault() {
        return ingress.objectName().name().isEmpty();
    }

    private String denied(List<AnnotationReader.Fault> faults) {
        String reason = "";
        for (AnnotationReader.Fault fault : faults) {
            boolean denies = fault.security() && fault.known();
            problem(
                    fault.known() ? ProblemReason.INVALID_ANNOTATION : ProblemReason.UNKNOWN_ANNOTATION,
                    fault.message() + (denies ? "; all paths answer 503 until it is right" : ""));
            if (denies && reason.isEmpty()) {
                reason = fault.message();
            }
        }
        return reason;
    }

    private IngressPart read() {
        IngressBackend fallback = ingress.defaultBackend();
        if (ingress.rules().isEmpty()) {
            if (fallback instanceof IngressBackend.None) {
                problem(ProblemReason.NO_ROUTES, "it has neither rules nor a default backend");
            }
            routes.put(HostMatch.ANY, new ArrayList<>());
        }
        for (int i = 0; i < ingress.rules().size(); i++) {
            rule(i, ingress.rules().get(i));
        }
        if (!(fallback instanceof IngressBackend.None)) {
            RouteAction action = action(fallback, new PathMatch.Everything(), "the default backend");
            routes.forEach((host, list) -> list.add(
                    new Route(source(RouteSource.NONE, RouteSource.NONE), host, new PathMatch.Everything(), action)));
        }
        ingress.tls().forEach(this::tls);
        if (options.passthrough() && denied.isEmpty()) {
            routes.forEach(this::passThrough);
        }
        if (!options.backend().authoritySecret().isEmpty()) {
            secrets.add(inNamespace(options.backend().authoritySecret()));
        }
        return new IngressPart(
                new Precedence(ingress.created(), ingress.objectName()),
                routes,
                certificates,
                passthrough,
                options.toHttps(),
                options.alwaysToHttps(),
                groups,
                named,
                secrets,
                problems);
    }

    private void rule(int number, IngressRule rule) {
        HostMatch host;
        try {
            host = HostMatch.parse(rule.host());
        } catch (IllegalArgumentException e) {
            problem(ProblemReason.INVALID_HOST, "rule " + number + ": " + e.getMessage());
            return;
        }
        List<Route> list = routes.computeIfAbsent(host, _ -> new ArrayList<>());
        for (int i = 0; i < rule.paths().size(); i++) {
            IngressPath path = rule.paths().get(i);
            try {
                PathMatch match = match(path);
                String what = Quoted.line(host.text() + path.path(), PLACE_MAX);
                list.add(new Route(source(number, i), host, match, action(path.backend(), match, what)));
            } catch (IllegalArgumentException e) {
                problem(ProblemReason.INVALID_PATH, "rule " + number + ", path " + i + ": " + e.getMessage());
            }
        }
    }

    /** What is specific to us is what most others do: a prefix. */
    private static PathMatch match(IngressPath path) {
        return switch (path.type()) {
            case EXACT -> new PathMatch.Exact(path.path());
            case PREFIX -> new PathMatch.Prefix(path.path());
            case IMPLEMENTATION_SPECIFIC -> new PathMatch.Prefix(path.path().isEmpty() ? "/" : path.path());
        };
    }

    private RouteSource source(int rule, int path) {
        return isDefault()
                ? Route.NO_MATCH.source()
                : new RouteSource(IngressKinds.INGRESS.toString(), ingress.objectName(), rule, path);
    }

    private RouteAction action(IngressBackend backend, PathMatch path, String what) {
        return switch (backend) {
            case IngressBackend.OfService service -> forward(service, path, what);
            case IngressBackend.OfResource resource -> {
                String detail = what + ": the backend " + Quoted.of(resource.toString()) + " is not a Service";
                problem(ProblemReason.RESOURCE_BACKEND, detail);
                yield respond(RouteAction.Reason.REFUSED_DESTINATION, detail);
            }
            case IngressBackend.None ignored -> respond(RouteAction.Reason.NO_SERVICE, what + " has no backend");
        };
    }

    private RouteAction forward(IngressBackend.OfService backend, PathMatch path, String what) {
        named.add(inNamespace(backend.service()));
        return switch (ServicePorts.find(ingress.objectName().namespace(), backend, services)) {
            case ServicePorts.Found.Port port -> {
                groups.add(port.group());
                yield denied.isEmpty() ? forward(port, path, what) : respond(RouteAction.Reason.DENIED, denied);
            }
            case ServicePorts.Found.Nothing(String detail) -> {
                problem(ProblemReason.SERVICE_NOT_FOUND, what + ": " + detail);
                yield respond(RouteAction.Reason.NO_SERVICE, detail);
            }
        };
    }

    private RouteAction forward(ServicePorts.Found.Port port, PathMatch path, String what) {
        try {
            return new RouteAction.Forward(port.group(), policies.of(path, port));
        } catch (IllegalArgumentException e) {
            // A Service whose name, as a manifest may have it, is none that TLS can ask for.
            problem(ProblemReason.DESTINATION_REFUSED, what + ": " + e.getMessage());
            return respond(RouteAction.Reason.REFUSED_DESTINATION, what + ": " + e.getMessage());
        }
    }

    private static RouteAction respond(RouteAction.Reason reason, String detail) {
        return new RouteAction.Respond(503, reason, detail);
    }

    private void tls(IngressTls entry) {
        List<HostMatch> hosts = new ArrayList<>();
        for (String written : entry.hosts()) {
            try {
                hosts.add(HostMatch.parse(written));
            } catch (IllegalArgumentException e) {
                problem(ProblemReason.INVALID_HOST, "tls: " + e.getMessage());
            }
        }
        for (HostMatch host : entry.hosts().isEmpty() ? routes.keySet() : hosts) {
            List<ObjectName> list = certificates.computeIfAbsent(host, _ -> new ArrayList<>());
            if (!entry.secretName().isEmpty() && !list.contains(inNamespace(entry.secretName()))) {
                list.add(inNamespace(entry.secretName()));
                secrets.add(inNamespace(entry.secretName()));
            }
        }
    }

    /** All of a host's connections go to one backend: that of its root. */
    private void passThrough(HostMatch host, List<Route> list) {
        Route root = null;
        for (Route route : list) {
            boolean prefix = route.path() instanceof PathMatch.Prefix
                    && route.path().text().equals("/");
            boolean fallback = route.path() instanceof PathMatch.Everything && root == null;
            root = prefix || fallback ? route : root;
        }
        if (host.equals(HostMatch.ANY)) {
            problem(ProblemReason.TLS_CONFLICT, "passthrough needs rules with a host; those without one do without");
        } else if (root != null && root.action() instanceof RouteAction.Forward(BackendGroup group, var _)) {
            passthrough.put(host, group);
        } else {
            problem(
                    ProblemReason.TLS_CONFLICT,
                    "passthrough of " + host.text() + " needs a backend for the path / or a default backend");
        }
    }

    private ObjectName inNamespace(String name) {
        return new ObjectName(ingress.objectName().namespace(), name);
    }

    private void problem(ProblemReason reason, String message) {
        problems.add(new Problem(key, reason, message));
    }
}
