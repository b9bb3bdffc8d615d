package io.fairlead.agent.healthcheck;

import static io.fairlead.agent.TestNode.socket;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.TestNode;
import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.plan.FrontendKey;
import io.fairlead.agent.plan.NodePlanDelta;
import io.fairlead.agent.plan.NodePlanDelta.ServiceChange;
import io.fairlead.agent.plan.NodeSettings;
import io.fairlead.agent.plan.Plans;
import io.fairlead.agent.plan.Plans.ServiceBuilder;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.agent.plan.ServicePlanner;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.cluster.model.Service;
import io.fairlead.kernel.netns.NetNs;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rows 57 to 62 of the services facts, on real sockets in a namespace. */
class HealthCheckServersTest {

    private static final int PORT = 31000;
    private static final String V4 = "192.168.0.1";
    private static final String V6 = "fd00:c0a8::1";
    private static final SyncResult CLEAN = new SyncResult(1, 1, List.of());
    private static final String REFUSED = "refused";

    private final BlockingQueue<String> taken = new LinkedBlockingQueue<>();
    private final TestNode node = new TestNode(V4, V6);
    private final NetNs namespace = node.namespace();
    private final Map<ObjectName, ServicePlan> plans = new HashMap<>();
    private final List<HealthCheckServers> started = new ArrayList<>();
    private volatile boolean healthy = true;
    private volatile int answering = -1;

    private HealthCheckServers start(boolean everywhere) {
        HealthCheckObserver observer = new HealthCheckObserver() {
            @Override
            public void answering(int services) {
                answering = services;
            }

            @Override
            public void portTaken(ObjectName service, String reason) {
                taken.add(service.toString());
            }
        };
        HealthCheckServers servers = new HealthCheckServers(observer, () -> healthy, everywhere, Duration.ofMillis(50));
        namespace.run(servers::start);
        started.add(servers);
        return servers;
    }

    @AfterEach
    void close() {
        started.forEach(HealthCheckServers::close);
        node.close();
    }

    private static ServiceBuilder web(String... clusterIps) {
        return Plans.service("web", clusterIps)
                .port("http", Protocol.TCP, 80, 30080)
                .loadBalancer("5.6.7.8")
                .externalLocal()
                .healthCheck(PORT);
    }

    private ServiceChange change(ServiceBuilder builder, String... endpoints) {
        Service service = builder.build();
        List<EndpointSlice> slices = new ArrayList<>();
        for (boolean v6 : new boolean[] {false, true}) {
            List<String> family = Arrays.stream(endpoints)
                    .filter(endpoint -> endpoint.startsWith("fd") == v6)
                    .toList();
            slices.add(Plans.slice(service, family.toArray(String[]::new)));
        }
        return changeTo(ServicePlanner.plan(service, slices, Plans.NODE));
    }

    private ServiceChange gone(String name) {
        return changeTo(ServicePlan.nothing(new ObjectName("default", name)));
    }

    private ServiceChange changeTo(ServicePlan after) {
        ServicePlan before = plans.put(after.service(), after);
        return new ServiceChange(before == null ? ServicePlan.nothing(after.service()) : before, after);
    }

    private static NodePlanDelta delta(ServiceChange... changes) {
        return new NodePlanDelta(List.of(changes), Plans.SETTINGS, Plans.SETTINGS);
    }

    private static NodePlanDelta on(List<String> addresses, ServiceChange... changes) {
        NodeSettings settings = new NodeSettings(
                addresses.stream().map(IpAddress::parse).toList(),
                Plans.SETTINGS.localPods(),
                Plans.SETTINGS.masqueradeMark(),
                Plans.SETTINGS.serviceCidrs());
        return new NodePlanDelta(List.of(changes), settings, settings);
    }

    /** The whole reply, or {@link #REFUSED}. */
    private String ask(String address, int port) {
        try (Socket socket = namespace.run(() -> {
            Socket fresh = new Socket();
            fresh.connect(socket(address, port), 5000);
            return fresh;
        })) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write("GET /any/path HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (ConnectException e) {
            return REFUSED;
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Status and weight, or {@link #REFUSED}. */
    private String brief(String address, int port) {
        String reply = ask(address, port);
        int weight = reply.indexOf("Weight: ");
        return weight < 0 ? reply : reply.substring(9, 12) + " " + reply.substring(weight + 8, weight + 9);
    }

    private void expect(String brief, String address, int port) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!brief(address, port).equals(brief) && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertEquals(brief, brief(address, port), address + " " + port);
    }

    private void expectAnswering(int services) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (answering != services && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertEquals(services, answering);
    }

    @Test
    void answersAsKubeProxyDoes() throws Exception {
        HealthCheckServers servers = start(true);
        servers.stepped(delta(change(web("172.30.0.41"), "10.180.0.1@node-2")), CLEAN);
        expect("503 0", V4, PORT);
        servers.stepped(delta(change(web("172.30.0.41"), "10.180.0.1@node-1", "10.180.0.2@node-1")), CLEAN);
        expect("200 2", V4, PORT);
        expect("200 2", "127.0.0.1", PORT);
        String reply = curl("http://" + V4 + ":" + PORT + "/");
        assertTrue(reply.startsWith("HTTP/1.1 200 OK"), reply);
        assertTrue(reply.contains("\nContent-Type: application/json\n"), reply);
        assertTrue(reply.contains("\nX-Content-Type-Options: nosniff\n"), reply);
        assertTrue(reply.contains("\nX-Load-Balancing-Endpoint-Weight: 2\n"), reply);
        String body = reply.substring(reply.indexOf("\n\n")).replaceAll("\\s", "");
        assertEquals(
                "{\"service\":{\"namespace\":\"default\",\"name\":\"web\"},\"localEndpoints\":2,\"serviceProxyHealthy\":true}",
                body);
        healthy = false;
        reply = ask(V4, PORT);
        assertTrue(reply.startsWith("HTTP/1.1 503 "), reply);
        assertTrue(reply.contains("\"serviceProxyHealthy\": false"), reply);
        assertTrue(reply.contains("Weight: 2\r\n"), reply);
    }

    private String curl(String url) throws Exception {
        Process curl = namespace.run(() -> new ProcessBuilder("curl", "-sS", "-i", "-m", "10", url)
                .redirectErrorStream(true)
                .start());
        String output = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, curl.waitFor(), output);
        return output.replace("\r", "");
    }

    @Test
    void everyFamilyHasItsCount() {
        HealthCheckServers servers = start(true);
        ServiceChange dual = change(web("172.30.0.41", "fd00:172:30::41"), "10.180.0.1@node-1", "fd00:10::1@node-2");
        ServiceChange single = change(
                Plans.service("six", "fd00:172:30::42")
                        .loadBalancer()
                        .externalLocal()
                        .healthCheck(31001),
                "fd00:10::1@node-1");
        servers.stepped(delta(dual, single), CLEAN);
        expect("200 1", V4, PORT);
        expect("503 0", V6, PORT);
        expect("200 1", V6, 31001);
        expect("200 1", V4, 31001);
        expectAnswering(2);
    }

    @Test
    void portCloses() {
        HealthCheckServers servers = start(true);
        servers.stepped(delta(change(web("172.30.0.41"), "10.180.0.1@node-1")), CLEAN);
        expect("200 1", V4, PORT);
        servers.stepped(delta(change(web("172.30.0.41").healthCheck(31001), "10.180.0.1@node-1")), CLEAN);
        expect("200 1", V4, 31001);
        assertEquals(REFUSED, brief(V4, PORT));
        // One Service leaves and another one comes to its port.
        ServiceChange next = change(Plans.service("next", "172.30.0.42")
                .loadBalancer()
                .externalLocal()
                .healthCheck(31001));
        servers.stepped(delta(next, gone("web")), CLEAN);
        expect("503 0", V4, 31001);
        servers.stepped(delta(gone("next")), CLEAN);
        expect(REFUSED, V4, 31001);
        expectAnswering(0);
        assertTrue(taken.isEmpty(), taken.toString());
    }

    @Test
    void portOfAnotherProgramIsToldOnceAndTriedAgain() throws Exception {
        HealthCheckServers servers = start(true);
        ServerSocket other = namespace.run(() -> new ServerSocket(PORT));
        try (other) {
            ServiceChange well = change(
                    Plans.service("well", "172.30.0.42")
                            .loadBalancer()
                            .externalLocal()
                            .healthCheck(31001),
                    "10.180.0.2@node-1");
            servers.stepped(delta(change(web("172.30.0.41"), "10.180.0.1@node-1"), well), CLEAN);
            assertEquals("default/web", taken.poll(10, TimeUnit.SECONDS));
            expect("200 1", V4, 31001);
            expectAnswering(1);
            servers.stepped(delta(change(web("172.30.0.41"), "10.180.0.1@node-1", "10.180.0.3@node-1")), CLEAN);
        }
        expect("200 2", V4, PORT);
        expectAnswering(2);
        assertTrue(taken.isEmpty(), taken.toString());
    }

    @Test
    void listensOnNodePortAddressesOnly() {
        HealthCheckServers servers = start(false);
        servers.stepped(on(List.of(V4), change(web("172.30.0.41"), "10.180.0.1@node-1")), CLEAN);
        expect("200 1", V4, PORT);
        assertEquals(REFUSED, brief("127.0.0.1", PORT));
        servers.stepped(on(List.of("127.0.0.1", V6)), CLEAN);
        expect("200 1", "127.0.0.1", PORT);
        assertEquals(REFUSED, brief(V4, PORT));
        assertEquals(REFUSED, brief(V6, PORT), "the Service has no IPv6");
    }

    @Test
    void endpointsThatTheKernelRefusedAreNotTold() {
        HealthCheckServers servers = start(true);
        servers.stepped(delta(change(web("172.30.0.41"))), CLEAN);
        expect("503 0", V4, PORT);
        ServiceChange more = change(web("172.30.0.41"), "10.180.0.1@node-1");
        FrontendKey frontend =
                more.after().ports().getFirst().frontends().getFirst().key();
        ServiceChange other = change(Plans.service("other", "172.30.0.42")
                .loadBalancer()
                .externalLocal()
                .healthCheck(31001));
        servers.stepped(delta(more, other), failing(Optional.of(frontend)));
        expect("503 0", V4, 31001);
        assertEquals("503 0", brief(V4, PORT));
        servers.stepped(delta(gone("other")), failing(Optional.empty()));
        servers.stepped(delta(), CLEAN);
        expect("200 1", V4, PORT);
        expect(REFUSED, V4, 31001);
    }

    private static SyncResult failing(Optional<FrontendKey> frontend) {
        return new SyncResult(1, 0, List.of(new SyncResult.Failure(IpFamily.IPV4, frontend, "as the test wants")));
    }
}
