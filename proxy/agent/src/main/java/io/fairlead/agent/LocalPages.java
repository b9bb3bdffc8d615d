package io.fairlead.agent;

import io.fairlead.agent.health.ProxyHealth;
import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.view.View;
import io.fairlead.runtime.http.HttpHandler;
import io.fairlead.runtime.http.HttpReply;
import io.fairlead.runtime.http.HttpRequest;
import io.fairlead.runtime.table.JsonWriter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The pages of the local socket, which the commands {@code services}, {@code endpoints}, {@code status} and {@code
 * explain} read. Values are taken between two steps of the loop, and written outside it.
 *
 * <p>Thread-safe.
 */
final class LocalPages {

    private static final long ANSWER_SECONDS = 10;

    private final ProxyLoop loop;
    private final AgentPolicy policy;
    private final ProxyHealth health;
    private final Supplier<List<String>> warnings;

    /** @param warnings for the status, from what the engine does not know of */
    LocalPages(ProxyLoop loop, AgentPolicy policy, ProxyHealth health, Supplier<List<String>> warnings) {
        this.loop = loop;
        this.policy = policy;
        this.health = health;
        this.warnings = warnings;
    }

    Map<String, HttpHandler> pages() {
        return Map.of(
                "/services", request -> page(request, engine -> AgentViews.services(engine, filter(request))),
                "/endpoints", request -> page(request, engine -> AgentViews.endpoints(engine, filter(request))),
                "/status", request -> page(request, this::status),
                "/explain", request -> page(request, engine -> explain(engine, request)));
    }

    private static String filter(HttpRequest request) {
        return request.parameter("filter").orElse("");
    }

    private View status(SyncEngine engine) {
        String state = !health.isReady()
                ? "starting"
                : loop.overdueNanos() == 0 ? "in-sync" : health.isHealthy() ? "syncing" : "failing";
        String lastSync = health.lastSync().map(Instant::toString).orElse("");
        return AgentViews.status(engine, policy, state, lastSync).withWarnings(warnings.get());
    }

    private static View explain(SyncEngine engine, HttpRequest request) {
        return AgentViews.explain(
                engine,
                new FlowParser(engine)
                        .parse(
                                request.parameter("from").orElse(""),
                                request.parameter("to").orElse(""),
                                request.parameter("arrival").orElse("")));
    }

    private HttpReply page(HttpRequest request, Function<SyncEngine, View> take) {
        boolean asJson = request.parameter("output").orElse("table").equals("json");
        try {
            View view = loop.ask(take).get(ANSWER_SECONDS, TimeUnit.SECONDS);
            return asJson
                    ? HttpReply.ok(HttpReply.JSON, out -> view.writeJson(JsonWriter.indented(out)))
                    : HttpReply.ok(HttpReply.TEXT, view::writeText);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IllegalArgumentException mistake) {
                return HttpReply.text(400, mistake.getMessage() + "\n");
            }
            return HttpReply.text(503, e.getCause() + "\n");
        } catch (TimeoutException e) {
            return HttpReply.text(503, "the agent is busy with a large change; try again\n");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return HttpReply.text(503, "the agent is stopping\n");
        }
    }
}
