package io.fairlead.agent;

import io.fairlead.agent.health.ProxyHealth;
import io.fairlead.runtime.http.HttpEndpoint;
import io.fairlead.runtime.http.HttpHandler;
import io.fairlead.runtime.http.HttpLimits;
import io.fairlead.runtime.http.HttpReply;
import io.fairlead.runtime.http.HttpServer;
import io.fairlead.runtime.lifecycle.Lifecycle;
import io.fairlead.runtime.metrics.Metrics;
import io.fairlead.runtime.metrics.ProcessMetric;
import io.fairlead.runtime.options.Arguments;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The agent's pages: local socket, health port, metrics port.
 *
 * <p>Confined to the main thread.
 */
final class AgentServers {

    private final Arguments arguments;
    private final Metrics metrics;
    private final Lifecycle lifecycle;

    AgentServers(Arguments arguments, Metrics metrics, Lifecycle lifecycle) {
        this.arguments = arguments;
        this.metrics = metrics;
        this.lifecycle = lifecycle;
    }

    /** @throws io.fairlead.runtime.http.ListenException if one of the addresses cannot be listened on */
    void start(LocalPages pages, ProxyHealth health) {
        ProcessMetric.observe(metrics);
        HttpHandler page = _ -> HttpReply.ok(Metrics.CONTENT_TYPE, metrics::writePage);
        Path socket = arguments.value(AgentOptions.RUN_DIR).resolve("proxy.sock");
        Map<String, HttpHandler> local = new HashMap<>(pages.pages());
        local.put("/metrics", page);
        serve("local socket", new HttpEndpoint.Unix(socket), local);
        arguments
                .value(AgentOptions.HEALTH)
                .ifPresent(address -> serve("health port", new HttpEndpoint.Tcp(address, Set.of()), health.pages()));
        arguments
                .value(AgentOptions.METRICS)
                .ifPresent(address ->
                        serve("metrics port", new HttpEndpoint.Tcp(address, Set.of()), Map.of("/metrics", page)));
    }

    private void serve(String name, HttpEndpoint endpoint, Map<String, HttpHandler> pages) {
        HttpServer server = HttpServer.start(endpoint, pages, HttpLimits.DEFAULT);
        lifecycle.onStop(name, server::close);
    }
}
