package io.fairlead.agent.healthcheck;

import io.fairlead.agent.plan.HealthCheck;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.runtime.http.HttpHandler;
import io.fairlead.runtime.http.HttpReply;
import io.fairlead.runtime.http.HttpRequest;
import io.fairlead.runtime.table.JsonWriter;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * What load balancers are answered about one Service: status, body and header of kube-proxy.
 *
 * <p>Thread-safe.
 */
final class HealthCheckPage implements HttpHandler {

    /** Lets a load balancer send this node a share of the traffic that fits its endpoints. */
    private static final String WEIGHT = "X-Load-Balancing-Endpoint-Weight";

    private final ObjectName service;
    private final BooleanSupplier proxyHealthy;
    private volatile HealthCheck check;

    /** @param proxyHealthy whether the agent keeps up; that the node is being deleted plays no part */
    HealthCheckPage(ObjectName service, BooleanSupplier proxyHealthy, HealthCheck check) {
        this.service = service;
        this.proxyHealthy = proxyHealthy;
        this.check = check;
    }

    HealthCheck check() {
        return check;
    }

    void update(HealthCheck latest) {
        check = latest;
    }

    @Override
    public HttpReply handle(HttpRequest request) {
        int local = localEndpoints(request.overIpv6() ? IpFamily.IPV6 : IpFamily.IPV4);
        boolean healthy = proxyHealthy.getAsBoolean();
        return new HttpReply(
                local > 0 && healthy ? 200 : 503,
                HttpReply.JSON,
                Map.of(WEIGHT, Integer.toString(local)),
                out -> JsonWriter.indented(out)
                        .beginObject()
                        .name("service")
                        .beginObject()
                        .member("namespace", service.namespace())
                        .member("name", service.name())
                        .endObject()
                        .member("localEndpoints", local)
                        .member("serviceProxyHealthy", healthy)
                        .endObject());
    }

    /** A Service of one family can be asked about over the other one, too. */
    private int localEndpoints(IpFamily family) {
        Map<IpFamily, Integer> counts = check.localEndpoints();
        Integer count = counts.get(family);
        return count != null ? count : counts.values().stream().findFirst().orElse(0);
    }
}
