package io.fairlead.ingress.program;

import io.fairlead.ingress.account.RouteBook;
import io.fairlead.ingress.translate.Translation;
import io.fairlead.ingress.view.ExplainView;
import io.fairlead.ingress.view.RoutesView;
import io.fairlead.runtime.http.HttpHandler;
import io.fairlead.runtime.http.HttpReply;
import io.fairlead.runtime.http.HttpRequest;
import io.fairlead.runtime.logging.Logging;
import io.fairlead.runtime.metrics.Metrics;
import io.fairlead.runtime.table.Output;
import io.fairlead.runtime.table.View;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What the program answers about itself: to the kubelet and Prometheus over TCP, and to the commands that ask it over its
 * local socket.
 *
 * <p>Thread-safe.
 */
final class Pages {

    /**
     * Who is ready. Two processes on the addresses of one node have one page while one takes the place of the other, and
     * the older one has it.
     *
     * <p>Thread-safe.
     *
     * @param revision of this process; empty unless processes are told apart
     * @param own whether it is ready
     * @param successor whether a process that takes its place is
     */
    record Readiness(String revision, BooleanSupplier own, BooleanSupplier successor) {

        /** @param asked a revision; empty if it does not matter which */
        boolean of(String asked) {
            return (asked.isEmpty() || asked.equals(revision) ? own : successor).getAsBoolean();
        }
    }

    private final Readiness readiness;
    private final Metrics metrics;
    private final RouteBook stats;
    private final Supplier<Translation> translation;
    private final Certificates certificates;
    private final InstantSource clock;

    Pages(
            Readiness readiness,
            Metrics metrics,
            RouteBook stats,
            Supplier<Translation> translation,
            Certificates certificates,
            InstantSource clock) {
        this.readiness = readiness;
        this.metrics = metrics;
        this.stats = stats;
        this.translation = translation;
        this.certificates = certificates;
        this.clock = clock;
    }

    /** For everybody. */
    Map<String, HttpHandler> open() {
        HttpHandler health = _ -> HttpReply.text(200, "ok");
        return Map.of(
                "/healthz",
                health,
                "/livez",
                health,
                "/readyz",
                request -> readiness.of(request.parameter("revision").orElse(""))
                        ? HttpReply.text(200, "ok")
                        : HttpReply.text(503, "not ready"),
                "/metrics",
                _ -> HttpReply.ok(Metrics.CONTENT_TYPE, out -> {
                    metrics.writePage(out);
                    stats.writePage(out);
                }));
    }

    /** For the user that runs the program. */
    Map<String, HttpHandler> local() {
        Map<String, HttpHandler> all = new HashMap<>(open());
        all.put("/log", _ -> HttpReply.text(200, Logging.recent()));
        all.put(
                "/routes",
                request -> page(
                        request,
                        () -> new RoutesView(
                                translation.get(), request.parameter("filter").orElse(""))));
        all.put("/certs", request -> page(request, () -> certificates.view(clock.instant())));
        all.put(
                "/explain",
                request -> page(
                        request, () -> ExplainView.of(request.parameter("url").orElse(""), translation.get())));
        return all;
    }

    private static HttpReply page(HttpRequest request, Supplier<View> view) {
        Optional<Output> output = Output.of(request.parameter("output").orElse("table"));
        if (output.isEmpty()) {
            return HttpReply.text(400, "output is none of table, json, yaml\n");
        }
        try {
            View answer = view.get();
            return HttpReply.ok(output.get().contentType(), out -> output.get().write(answer, out));
        } catch (IllegalArgumentException e) {
            return HttpReply.text(400, e.getMessage() + "\n");
        }
    }
}
