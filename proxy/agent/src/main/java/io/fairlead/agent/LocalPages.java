package io.fairlead.agent;

import io.fairlead.agent.flows.FlowReader;
import io.fairlead.agent.flows.ServiceFlows;
import io.fairlead.agent.health.ProxyHealth;
import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.view.AgentViews;
import io.fairlead.agent.view.FlowParser;
import io.fairlead.agent.view.NodeState;
import io.fairlead.agent.view.ProcessStatus;
import io.fairlead.agent.view.SourceStatus;
import io.fairlead.agent.view.StatusView;
import io.fairlead.agent.watch.WatchFeed;
import io.fairlead.agent.watch.WatchPage;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.conntrack.Conntrack;
import io.fairlead.runtime.http.HttpHandler;
import io.fairlead.runtime.http.HttpReply;
import io.fairlead.runtime.http.HttpRequest;
import io.fairlead.runtime.table.Output;
import io.fairlead.runtime.table.View;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The pages of the local socket, which the commands that ask the agent read. Values are taken between two steps of the
 * loop, and all else is done outside it: writing, reading the kernel, waiting for readers.
 *
 * <p>Thread-safe.
 */
final class LocalPages {

    private static final long ANSWER_SECONDS = 10;

    private final ProxyLoop loop;
    private final AgentPolicy policy;
    private final Supplier<String> mode;
    private final ProxyHealth health;
    private final Supplier<SourceStatus> source;
    private final Supplier<List<String>> warnings;
    private final WatchPage watch;
    private final FlowReader flows = new FlowReader(Conntrack::open);

    /** @param warnings what an operator should know beside what the agent's own state says, a sentence each */
    LocalPages(
            ProxyLoop loop,
            AgentPolicy policy,
            Supplier<String> mode,
            ProxyHealth health,
            Supplier<SourceStatus> source,
            Supplier<List<String>> warnings,
            WatchFeed feed) {
        this.loop = loop;
        this.policy = policy;
        this.mode = mode;
        this.health = health;
        this.source = source;
        this.warnings = warnings;
        this.watch = new WatchPage(feed, source, policy.nodeName());
    }

    Map<String, HttpHandler> pages() {
        return Map.of(
                "/services",
                request -> page(request, engine -> AgentViews.services(engine, filter(request))),
                "/endpoints",
                request -> page(request, engine -> AgentViews.endpoints(engine, filter(request))),
                "/status",
                this::status,
                "/flows",
                this::flows,
                "/watch",
                this::watch,
                "/explain",
                request -> page(request, engine -> explain(engine, request)));
    }

    private static String filter(HttpRequest request) {
        return request.parameter("filter").orElse("");
    }

    /** Bad news only if it fails: a start and a change on its way are nothing that a script should stop for. */
    private HttpReply status(HttpRequest request) {
        Instant now = health.now();
        ProcessStatus process = ProcessFacts.read(now);
        List<String> more = warnings.get();
        String state = state();
        StatusView.Agent agent = new StatusView.Agent(policy.nodeName(), mode.get(), state, now);
        StatusView.Sync sync =
                new StatusView.Sync(health.lastSync(), Duration.ofNanos(loop.overdueNanos()), loop.recent());
        HttpReply reply =
                page(request, engine -> AgentViews.status(engine, policy, agent, sync, source.get(), process, more));
        return state.equals(StatusView.FAILING) && reply.status() == 200 ? reply.with(HttpReply.EXIT_CODE, "1") : reply;
    }

    private String state() {
        if (!health.isReady()) {
            return "starting";
        }
        return loop.overdueNanos() == 0 ? "in-sync" : health.isHealthy() ? "syncing" : StatusView.FAILING;
    }

    private HttpReply flows(HttpRequest request) {
        String limit = request.parameter("limit").orElse("1000");
        return limit.matches("[1-9][0-9]{0,5}")
                ? page(
                        request,
                        engine -> ServiceFlows.of(engine, filter(request)),
                        index -> flows.read(index, Integer.parseInt(limit)))
                : HttpReply.text(400, "limit is no number from 1 to 999999\n");
    }

    private HttpReply watch(HttpRequest request) {
        Optional<Output> output = Output.of(request.parameter("output").orElse("table"));
        if (output.isEmpty()) {
            return HttpReply.text(400, "output is none of table, json, yaml\n");
        }
        return watch.open(output.get(), filter(request));
    }

    private static View explain(NodeState node, HttpRequest request) {
        return AgentViews.explain(
                node,
                new FlowParser(node)
                        .parse(
                                request.parameter("from").orElse(""),
                                request.parameter("to").orElse(""),
                                request.parameter("arrival").orElse("")));
    }

    private HttpReply page(HttpRequest request, Function<SyncEngine, View> take) {
        return page(request, take, view -> view);
    }

    /**
     * @param take run between two steps of the loop
     * @param show run outside the loop
     */
    private <T> HttpReply page(HttpRequest request, Function<SyncEngine, T> take, Function<T, View> show) {
        Optional<Output> output = Output.of(request.parameter("output").orElse("table"));
        if (output.isEmpty()) {
            return HttpReply.text(400, "output is none of table, json, yaml\n");
        }
        try {
            View view = show.apply(loop.ask(take).get(ANSWER_SECONDS, TimeUnit.SECONDS));
            return HttpReply.ok(output.get().contentType(), out -> output.get().write(view, out));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IllegalArgumentException mistake) {
                return HttpReply.text(400, mistake.getMessage() + "\n");
            }
            return HttpReply.text(503, e.getCause() + "\n");
        } catch (KernelException e) {
            return HttpReply.text(503, e.getMessage() + "\n");
        } catch (TimeoutException e) {
            return HttpReply.text(503, "the agent is busy with a large change; try again\n");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return HttpReply.text(503, "the agent is stopping\n");
        }
    }
}
