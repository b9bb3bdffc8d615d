package io.fairlead.agent.relay;

import static io.fairlead.agent.TestNode.socket;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.TestNode;
import io.fairlead.agent.plan.NodePlanDelta;
import io.fairlead.agent.plan.NodePlanDelta.ServiceChange;
import io.fairlead.agent.plan.Plans;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.agent.plan.ServicePlanner;
import io.fairlead.agent.plan.ServicePortName;
import io.fairlead.cluster.model.Service;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The relay as it is shipped: a process that lives in the namespace as a whole, with virtual threads. */
class RelayProgramTest {

    private static final System.Logger LOG = System.getLogger(RelayProgramTest.class.getName());
    private static final int PORT = 30080;

    /** The process: says that it listens, and ends when its input does. */
    public static void main(String[] args) throws IOException {
        Service service = Plans.service("web", "fd00:172:30::41").nodePort(PORT).build();
        ServicePlan plan = ServicePlanner.plan(service, List.of(Plans.slice(service, "fd00:10::1@node-1")), Plans.NODE);
        RelayObserver observer = new RelayObserver() {
            @Override
            public void listening(int listeners) {
                System.out.write(listeners);
                System.out.flush();
            }

            @Override
            public void bindFailed(ServicePortName port) {}

            @Override
            public void turnedAway(ServicePortName port) {}
        };
        try (LoopbackRelay relay = new LoopbackRelay(observer)) {
            relay.start();
            ServiceChange change = new ServiceChange(ServicePlan.nothing(service.name()), plan);
            relay.stepped(new NodePlanDelta(List.of(change), Plans.SETTINGS, Plans.SETTINGS));
            assertEquals(-1, System.in.read());
        }
    }

    @Test
    void manyConnectionsAtATime() throws Exception {
        int connections = 2000;
        try (TestNode node = new TestNode("fd00:10::1");
                ServerSocket server = node.namespace().run(() -> new ServerSocket());
                ExecutorService clients = node.namespace().run(() -> bornHere(32))) {
            node.namespace().run(() -> server.bind(socket("fd00:10::1", 8080), 128));
            Thread.ofPlatform().daemon().start(() -> echo(server));
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            Process relay = node.namespace()
                    .run(() -> new ProcessBuilder(
                                    java,
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    RelayProgramTest.class.getName())
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start());
            try {
                assertEquals(1, relay.getInputStream().read(), "listeners");
                long start = System.nanoTime();
                List<Future<Integer>> answers = new ArrayList<>();
                for (int i = 0; i < connections; i++) {
                    int value = i & 0x7f;
                    answers.add(clients.submit((Callable<Integer>) () -> ask(value)));
                }
                for (int i = 0; i < connections; i++) {
                    assertEquals(i & 0x7f, answers.get(i).get(20, TimeUnit.SECONDS));
                }
                long millis = (System.nanoTime() - start) / 1_000_000;
                LOG.log(System.Logger.Level.INFO, connections + " connections relayed in " + millis + " ms");
                relay.getOutputStream().close();
                assertTrue(relay.waitFor(10, TimeUnit.SECONDS), "the relay keeps its process alive");
                assertEquals(0, relay.exitValue());
            } finally {
                relay.destroyForcibly();
            }
        }
    }

    /** Threads are made now, in the namespace of the calling thread. */
    private static ExecutorService bornHere(int threads) {
        ThreadPoolExecutor pool = (ThreadPoolExecutor) Executors.newFixedThreadPool(threads);
        int _ = pool.prestartAllCoreThreads();
        return pool;
    }

    private static int ask(int value) throws IOException {
        try (Socket client = new Socket()) {
            client.connect(socket("::1", PORT), 10_000);
            client.setSoTimeout(10_000);
            client.getOutputStream().write(value);
            client.shutdownOutput();
            int answer = client.getInputStream().read();
            return client.getInputStream().read() < 0 ? answer : -2;
        }
    }

    private static void echo(ServerSocket server) {
        while (true) {
            try {
                Socket connection = server.accept();
                Thread.ofPlatform().daemon().start(() -> {
                    try (connection) {
                        connection.getInputStream().transferTo(connection.getOutputStream());
                    } catch (IOException e) {
                        // The client sees it.
                    }
                });
            } catch (IOException e) {
                return;
            }
        }
    }
}
