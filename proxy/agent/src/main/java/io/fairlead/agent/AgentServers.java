package io.fairlead.agent;

import io.fairlead.agent.config.ConfigText;
import io.fairlead.agent.config.NodeFlags;
import io.fairlead.agent.health.ProxyHealth;
import io.fairlead.agent.metrics.KubeProxyMetric;
import io.fairlead.runtime.http.HttpEndpoint;
import io.fairlead.runtime.http.HttpHandler;
import io.fairlead.runtime.http.HttpLimits;
import io.fairlead.runtime.http.HttpReply;
import io.fairlead.runtime.http.HttpServer;
import io.fairlead.runtime.http.PatientServer;
import io.fairlead.runtime.lifecycle.Lifecycle;
import io.fairlead.runtime.logging.Logging;
import io.fairlead.runtime.metrics.Metrics;
import io.fairlead.runtime.metrics.ProcessMetric;
import io.fairlead.runtime.options.Arguments;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The agent's pages: local socket, health port, metrics port.
 *
 * <p>Confined to the main thread.
 */
final class AgentServers {

    private final Arguments arguments;
    private final Supplier<String> mode;
    private final AgentEvents events;
    private final Metrics metrics;
    private final Lifecycle lifecycle;

    /** What is served at an address of its own. */
    enum Page {
        HEALTH,
        METRICS,
        /** Both. */
        PAGES;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    AgentServers(Arguments arguments, Supplier<String> mode, AgentEvents events, Metrics metrics, Lifecycle lifecycle) {
        this.arguments = arguments;
        this.mode = mode;
        this.events = events;
        this.metrics = metrics;
        this.lifecycle = lifecycle;
    }

    /**
     * @throws io.fairlead.runtime.http.ListenException if the local socket, or an address that must not fail, cannot be
     *     listened on
     */
    void start(LocalPages pages, ProxyHealth health) {
        ProcessMetric.observe(metrics);
        HttpHandler page = _ -> HttpReply.ok(Metrics.CONTENT_TYPE, metrics::writePage);
        Path socket = arguments.value(AgentOptions.RUN_DIR).resolve("proxy.sock");
        Map<String, HttpHandler> local = new HashMap<>(pages.pages());
        local.put("/metrics", page);
        local.put("/config", _ -> HttpReply.text(200, ConfigText.of(arguments)));
        local.put("/log", _ -> HttpReply.text(200, Logging.recent()));
        HttpServer server = HttpServer.start(new HttpEndpoint.Unix(socket), local, HttpLimits.DEFAULT);
        lifecycle.onStop("local socket", server::close);
        arguments.value(AgentOptions.HEALTH).ifPresent(address -> serve(Page.HEALTH, address, healthPages(health)));
        arguments.value(AgentOptions.METRICS).ifPresent(address -> serve(Page.METRICS, address, metricsPages(page)));
        Map<String, HttpHandler> both = new HashMap<>(health.pages());
        both.put("/metrics", page);
        arguments.value(AgentOptions.PAGES).ifPresent(address -> serve(Page.PAGES, address, both));
    }

    /** kube-proxy counts the answers to two of the pages. */
    private Map<String, HttpHandler> healthPages(ProxyHealth health) {
        Map<String, HttpHandler> pages = new HashMap<>(health.pages());
        pages.computeIfPresent("/healthz", (_, page) -> counted(KubeProxyMetric.HEALTHZ, page));
        pages.computeIfPresent("/livez", (_, page) -> counted(KubeProxyMetric.LIVEZ, page));
        return pages;
    }

    private HttpHandler counted(KubeProxyMetric metric, HttpHandler page) {
        return request -> {
            HttpReply reply = page.handle(request);
            metrics.counter(metric, Integer.toString(reply.status())).increment();
            return reply;
        };
    }

    /** What kube-proxy has at its metrics port: its own /healthz there only says that the process answers. */
    private Map<String, HttpHandler> metricsPages(HttpHandler metricsPage) {
        return Map.of(
                "/metrics",
                metricsPage,
                "/healthz",
                _ -> HttpReply.text(200, "ok"),
                "/proxyMode",
                _ -> HttpReply.text(200, mode.get()));
    }

    private void serve(Page page, InetSocketAddress address, Map<String, HttpHandler> pages) {
        HttpEndpoint.Tcp endpoint = new HttpEndpoint.Tcp(address, Set.of());
        Runnable close = arguments.value(NodeFlags.BIND_HARD_FAIL)
                ? HttpServer.start(endpoint, pages, HttpLimits.DEFAULT)::close
                : PatientServer.start(
                        page.toString(),
                        endpoint,
                        pages,
                        PatientServer.RETRY,
                        reason -> events.pageRefused(page, reason))::close;
        lifecycle.onStop(page + " port", close);
    }
}
