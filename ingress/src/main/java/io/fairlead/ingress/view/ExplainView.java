package io.fairlead.ingress.view;

import io.fairlead.cluster.model.ObjectName;
import io.fairlead.ingress.route.HostMatch;
import io.fairlead.ingress.route.RouteAction;
import io.fairlead.ingress.route.RouteExplanation;
import io.fairlead.ingress.route.policy.BackendConnection;
import io.fairlead.ingress.route.policy.BackendTls;
import io.fairlead.ingress.route.policy.ForwardPolicy;
import io.fairlead.ingress.route.policy.HeaderEdits;
import io.fairlead.ingress.route.policy.HeaderField;
import io.fairlead.ingress.route.policy.LoadBalancing;
import io.fairlead.ingress.route.policy.PathRewrite;
import io.fairlead.ingress.route.policy.RetryPolicy;
import io.fairlead.ingress.route.policy.StickySession;
import io.fairlead.ingress.translate.HostTls;
import io.fairlead.ingress.translate.Problem;
import io.fairlead.ingress.translate.Translation;
import io.fairlead.runtime.table.Printable;
import io.fairlead.runtime.table.StructureWriter;
import io.fairlead.runtime.table.View;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a request goes: which route it meets and why, what is done to it, and who may get it.
 *
 * <p>Immutable.
 */
public final class ExplainView implements View {

    private static final int LABEL_CHARS = 10;

    private final String request;
    private final String tls;
    private final String route;
    private final String outcome;
    private final List<String> why;
    private final List<String> changes;
    private final List<String> endpoints;
    private final List<String> problems;

    private ExplainView(RequestUrl url, RouteExplanation explanation, RouteAction action, Translation translation) {
        request = url.toString();
        tls = tls(url, translation);
        route = explanation.route().toString();
        why = explanation.steps().stream().map(Object::toString).toList();
        outcome = ActionText.of(action, translation);
        changes = action instanceof RouteAction.Forward forward ? changes(forward.policy()) : List.of();
        endpoints = ActionText.endpoints(action, translation);
        problems = problems(explanation, action, translation);
    }

    /**
     * Explains what would happen to a request.
     *
     * @param url {@code https://host/path}
     * @throws IllegalArgumentException if it is none, or one that would be refused; the message says so
     */
    public static ExplainView of(String url, Translation translation) {
        RequestUrl asked = RequestUrl.parse(url);
        RouteExplanation explanation = translation.routes().explain(asked.host(), asked.path());
        return new ExplainView(asked, explanation, explanation.route().actionFor(asked.secure()), translation);
    }

    private static String tls(RequestUrl url, Translation translation) {
        if (!url.secure()) {
            return "none";
        }
        int dot = url.host().indexOf('.');
        List<String> tried = dot > 0 ? List.of(url.host(), "*" + url.host().substring(dot)) : List.of(url.host());
        for (String name : tried) {
            HostTls found = find(name, translation.tls());
            if (found != null) {
                return switch (found) {
                    case HostTls.Passthrough through -> "not ended here: passed through to " + through.backend();
                    case HostTls.Certificates certificates ->
                        certificates.secrets().isEmpty()
                                ? "the default certificate, as Ingress " + certificates.ingress() + " names no Secret"
                                : "certificate of Secret "
                                        + certificates.secrets().stream()
                                                .map(ObjectName::toString)
                                                .collect(Collectors.joining(" and "))
                                        + ", said by Ingress "
                                        + certificates.ingress();
                };
            }
        }
        return "the default certificate, as nothing is said for " + url.host();
    }

    private static @Nullable HostTls find(String name, Map<HostMatch, HostTls> all) {
        try {
            return all.get(HostMatch.parse(name));
        } catch (IllegalArgumentException noName) {
            // An address, for example, has no certificate of its own.
            return null;
        }
    }

    private static List<String> changes(ForwardPolicy policy) {
        List<String> all = new ArrayList<>();
        all.add("spoken to by " + connection(policy.connection()));
        switch (policy.request().path()) {
            case PathRewrite.Keep ignored -> {}
            case PathRewrite.Prefix prefix -> all.add("what the rule's path matched becomes " + prefix.prefix());
            case PathRewrite.Whole whole -> all.add("the path becomes " + whole.path());
        }
        if (!policy.request().host().isEmpty()) {
            all.add("Host becomes " + policy.request().host());
        }
        edits("request", policy.request().headers(), all);
        edits("answer", policy.responseHeaders(), all);
        if (policy.bodyBytesMax() > 0) {
            all.add("refused with 413 if its content is longer than " + policy.bodyBytesMax() + " bytes");
        }
        all.add(balancing(policy.balancing()));
        all.add("time-outs: connect " + policy.timeouts().connectMillis() + " ms, request "
                + (policy.timeouts().requestMillis() == 0
                        ? "none"
                        : policy.timeouts().requestMillis() + " ms")
                + ", idle " + policy.timeouts().idleMillis() + " ms");
        all.add(retries(policy.retry()));
        return List.copyOf(all);
    }

    private static String retries(RetryPolicy policy) {
        if (policy.retriesMax() == 0) {
            return "never sent again";
        }
        Stream<String> failures = policy.on().stream()
                .map(failure -> failure.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .sorted();
        Stream<String> statuses = policy.statuses().stream().map(String::valueOf);
        return "sent again up to " + policy.retriesMax() + " times on "
                + Stream.concat(failures, statuses).collect(Collectors.joining(", "));
    }

    private static String connection(BackendConnection connection) {
        String protocol = connection.protocol().name();
        return switch (connection.tls()) {
            case BackendTls.Off ignored -> protocol;
            case BackendTls.Unverified ignored -> protocol + ", certificate not checked";
            case BackendTls.Verified verified -> protocol + ", certificate checked for " + verified.serverName();
        };
    }

    private static void edits(String what, HeaderEdits edits, List<String> all) {
        edits.remove().forEach(name -> all.add(what + " loses " + name));
        for (HeaderField field : edits.set()) {
            all.add(what + " gets " + field.name() + " instead of its own");
        }
        for (HeaderField field : edits.add()) {
            all.add(what + " gets " + field.name());
        }
    }

    private static String balancing(LoadBalancing balancing) {
        String algorithm = switch (balancing.algorithm()) {
            case LEAST_REQUEST_OF_TWO -> "the less busy of two endpoints drawn at random";
            case ROUND_ROBIN -> "one endpoint after the other";
        };
        return switch (balancing.sticky()) {
            case StickySession.Off ignored -> algorithm;
            case StickySession.Cookie cookie -> "the endpoint of cookie " + cookie.name() + ", else " + algorithm;
        };
    }

    /** What is wrong with the objects that the answer depends on. */
    private static List<String> problems(RouteExplanation explanation, RouteAction action, Translation translation) {
        List<String> all = new ArrayList<>();
        translation.problems().forEach((key, each) -> {
            boolean ofRoute = key.name().equals(explanation.route().source().object());
            boolean ofBackend = action instanceof RouteAction.Forward forward
                    && key.name().equals(forward.backend().service());
            if (ofRoute || ofBackend) {
                each.stream().map(Problem::toString).forEach(all::add);
            }
        });
        return List.copyOf(all);
    }

    @Override
    public void writeText(Appendable out) {
        try {
            line(out, "request", request);
            line(out, "tls", tls);
            line(out, "route", route);
            lines(out, "why", why);
            line(out, "goes to", outcome);
            lines(out, "how", changes);
            lines(out, "endpoints", endpoints);
            lines(out, "problems", problems);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void lines(Appendable out, String label, List<String> all) throws IOException {
        for (int i = 0; i < all.size(); i++) {
            line(out, i == 0 ? label : "", all.get(i));
        }
    }

    private static void line(Appendable out, String label, String text) throws IOException {
        out.append(label).append(" ".repeat(LABEL_CHARS - label.length()));
        out.append(Printable.line(text)).append('\n');
    }

    @Override
    public void write(StructureWriter out) {
        out.beginObject()
                .member("request", request)
                .member("tls", tls)
                .member("route", route)
                .member("goesTo", outcome);
        array(out, "why", why);
        array(out, "how", changes);
        array(out, "endpoints", endpoints);
        array(out, "problems", problems);
        out.endObject();
    }

    private static void array(StructureWriter out, String name, List<String> all) {
        out.name(name).beginArray();
        all.forEach(out::value);
        out.endArray();
    }
}
