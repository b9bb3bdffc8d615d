package io.fairlead.agent.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.agent.plan.Plans.ServiceBuilder;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.cluster.model.Service;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Rows 57, 59 and 61 of the services facts: who is asked about, and what counts.
 *
 * <p>Confined to the test thread.
 */
class HealthCheckTest {

    private static final int PORT = 31000;

    private static ServiceBuilder web(String... clusterIps) {
        return Plans.service("web", clusterIps).healthCheck(PORT);
    }

    private static HealthCheck plan(Service service, EndpointSlice... slices) {
        return ServicePlanner.plan(service, List.of(slices), Plans.NODE).healthCheck();
    }

    @Test
    void onlyLoadBalancersWithExternalTrafficPolicyLocalAreAsked() {
        assertEquals(
                new HealthCheck(PORT, Map.of(IpFamily.IPV4, 0)),
                plan(web("172.30.0.41").loadBalancer().externalLocal().build()));
        assertEquals(HealthCheck.NONE, plan(web("172.30.0.41").loadBalancer().build()));
        assertEquals(
                HealthCheck.NONE,
                plan(web("172.30.0.41").nodePort(30080).externalLocal().build()));
        assertEquals(
                HealthCheck.NONE,
                plan(web("172.30.0.41")
                        .loadBalancer()
                        .externalLocal()
                        .healthCheck(0)
                        .build()));
    }

    @Test
    void readyEndpointsOfThisNodeCountAndTerminatingOnesDoNot() {
        Service service = web("172.30.0.41").loadBalancer().externalLocal().build();
        EndpointSlice slice = Plans.slice(
                service,
                List.of(
                        Plans.endpoint("10.180.0.1", true, true, false, "node-1"),
                        Plans.endpoint("10.180.0.2", true, true, false, "node-2"),
                        Plans.endpoint("10.180.0.3", false, true, true, "node-1"),
                        Plans.endpoint("10.180.0.4", false, false, false, "node-1")));
        assertEquals(new HealthCheck(PORT, Map.of(IpFamily.IPV4, 1)), plan(service, slice));
        EndpointSlice draining =
                Plans.slice(service, List.of(Plans.endpoint("10.180.0.3", false, true, true, "node-1")));
        assertEquals(new HealthCheck(PORT, Map.of(IpFamily.IPV4, 0)), plan(service, draining));
    }

    @Test
    void anAddressCountsOnceHoweverManyPortsItServes() {
        Service service = web("172.30.0.41")
                .loadBalancer()
                .externalLocal()
                .port("http", Protocol.TCP, 80, 0)
                .port("https", Protocol.TCP, 443, 0)
                .build();
        EndpointSlice slice = Plans.slice(service, "10.180.0.1@node-1", "10.180.0.2@node-1");
        assertEquals(new HealthCheck(PORT, Map.of(IpFamily.IPV4, 2)), plan(service, slice, slice));
    }

    @Test
    void familiesCountForThemselves() {
        Service service = web("172.30.0.41", "fd00:172:30::41")
                .loadBalancer()
                .externalLocal()
                .build();
        assertEquals(
                new HealthCheck(PORT, Map.of(IpFamily.IPV4, 1, IpFamily.IPV6, 2)),
                plan(
                        service,
                        Plans.slice(service, "10.180.0.1@node-1", "10.180.0.2@node-2"),
                        Plans.slice(service, "fd00:10::1@node-1", "fd00:10::2@node-1")));
    }
}
