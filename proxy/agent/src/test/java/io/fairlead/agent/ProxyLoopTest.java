package io.fairlead.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.NodePortAddresses;
import io.fairlead.agent.plan.NodeResolver;
import io.fairlead.agent.plan.Plans;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.Service;
import io.fairlead.kernel.KernelException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The agent's thread, with a data plane that a test holds and lets go.
 *
 * <p>Confined to the test thread.
 */
class ProxyLoopTest {

    private static final AgentPolicy POLICY = new AgentPolicy(
            "node-1", new AgentPolicy.PodDetection.ClusterCidr(List.of()), false, 14, true, NodePortAddresses.DEFAULT);
    private static final Duration NEVER = Duration.ofHours(1);

    private final ScriptedDataplane dataplane = new ScriptedDataplane();
    private final BlockingQueue<String> observed = new LinkedBlockingQueue<>();
    private final TestCluster cluster = new TestCluster();
    private ProxyLoop loop = loop(Duration.ZERO, NEVER);

    private ProxyLoop loop(Duration min, Duration retry) {
        return new ProxyLoop(new SyncEngine(dataplane, new NodeResolver(POLICY)), min, NEVER, retry);
    }

    private final ProxyLoop.SyncObserver observer = new ProxyLoop.SyncObserver() {
        @Override
        public void stepped(SyncEngine.Step step, long queuedNanos, long stepNanos) {
            observed.add((step.result().dirty() ? "dirty" : "clean") + (queuedNanos > 0 ? ", queued" : ""));
        }

        @Override
        public void failed(KernelException error) {
            observed.add("failed");
        }
    };

    @AfterEach
    void close() {
        dataplane.release();
        loop.close();
        cluster.close();
    }

    private void publish(Service... services) {
        TestCluster.Update update = cluster.put(services).fetch();
        loop.onSnapshot(update.delta(), update.snapshot());
    }

    private String observed() throws InterruptedException {
        String seen = observed.poll(10, TimeUnit.SECONDS);
        return seen == null ? "nothing within 10 s" : seen;
    }

    private static Service service(String name, int number) {
        return Plans.service(name, "172.30.0." + number).build();
    }

    /** Waits for the first, empty snapshot to be applied. */
    private void begin() throws InterruptedException {
        publish();
        loop.start(observer);
        assertEquals("restart", dataplane.next());
        assertEquals("apply []", dataplane.next());
        assertEquals("clean, queued", observed());
    }

    @Test
    void changesDuringAStepAreOneStep() throws InterruptedException {
        begin();
        dataplane.hold();
        publish(service("a", 1));
        assertEquals("apply [a]", dataplane.next());
        publish(service("b", 2));
        publish(service("c", 3));
        dataplane.release();
        assertEquals("apply [b, c]", dataplane.next());
        assertEquals("clean, queued", observed());
        assertEquals("clean, queued", observed());
    }

    @Test
    void nothingIsAppliedBeforeTheFirstSnapshot() throws Exception {
        loop.start(observer);
        loop.onAddresses(Set.of(IpAddress.parse("192.168.0.1")));
        loop.onForeignChange();
        assertEquals(0, loop.ask(engine -> engine.snapshot().sequence()).get(10, TimeUnit.SECONDS));
        assertTrue(dataplane.quiet());
        assertEquals(0, loop.overdueNanos(), "an agent that waits for its cluster is healthy");
        publish();
        assertEquals("restart", dataplane.next());
        assertEquals("clean, queued", observed());
        awaitNotOverdue();
    }

    @Test
    void addressesAreAChange() throws InterruptedException {
        begin();
        loop.onAddresses(Set.of(IpAddress.parse("192.168.0.1")));
        assertEquals("apply []", dataplane.next());
        assertEquals("clean, queued", observed());
        loop.onAddresses(Set.of(IpAddress.parse("192.168.0.1")));
        publish(service("a", 1));
        assertEquals("apply [a]", dataplane.next());
    }

    @Test
    void questionIsAnsweredBetweenSteps() throws Exception {
        begin();
        dataplane.hold();
        publish(service("a", 1));
        assertEquals("apply [a]", dataplane.next());
        CompletableFuture<Integer> answer =
                loop.ask(engine -> engine.planner().services().size());
        publish(service("b", 2));
        dataplane.release();
        assertTrue(answer.get(10, TimeUnit.SECONDS) >= 1);
        assertEquals("apply [b]", dataplane.next());
    }

    @Test
    void questionsDoNotKeepChangesWaiting() throws InterruptedException {
        begin();
        // Every answer is followed by the next question.
        CompletableFuture<Void> stop = new CompletableFuture<>();
        askForEver(stop);
        askForEver(stop);
        publish(service("a", 1));
        assertEquals("apply [a]", dataplane.next());
        stop.complete(null);
    }

    private void askForEver(CompletableFuture<Void> stop) {
        CompletableFuture<SyncEngine> _ = loop.ask(engine -> {
            if (!stop.isDone()) {
                askForEver(stop);
            }
            return engine;
        });
    }

    @Test
    void questionThatThrowsHurtsOnlyItself() throws Exception {
        begin();
        CompletableFuture<Object> answer = loop.ask(_ -> {
            throw new IllegalArgumentException("no such thing");
        });
        ExecutionException error = assertThrows(ExecutionException.class, () -> answer.get(10, TimeUnit.SECONDS));
        assertEquals("java.lang.IllegalArgumentException: no such thing", String.valueOf(error.getCause()));
        publish(service("a", 1));
        assertEquals("apply [a]", dataplane.next());
    }

    @Test
    void closedLoopAnswersWithAnException() throws Exception {
        begin();
        loop.close();
        CompletableFuture<Object> late = loop.ask(engine -> engine);
        assertThrows(ExecutionException.class, () -> late.get(10, TimeUnit.SECONDS));
    }

    @Test
    void loopThatNeverStartedCloses() {
        loop.close();
    }

    @Test
    void stepThatHangsIsOverdue() throws InterruptedException {
        begin();
        dataplane.hold();
        publish(service("a", 1));
        assertEquals("apply [a]", dataplane.next());
        long first = loop.overdueNanos();
        publish(service("b", 2));
        assertTrue(first > 0);
        assertTrue(loop.overdueNanos() > first, "the older change counts");
        dataplane.release();
        assertEquals("clean, queued", observed());
        assertEquals("clean, queued", observed());
        awaitNotOverdue();
    }

    /** The observer is told just before the mailbox is. */
    private void awaitNotOverdue() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (loop.overdueNanos() != 0 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertEquals(0, loop.overdueNanos());
    }

    @Test
    void failureIsRetriedWithEverythingAndStaysOverdue() throws InterruptedException {
        loop = loop(Duration.ZERO, Duration.ofMillis(1));
        begin();
        dataplane.then(ScriptedDataplane.Ending.DIRTY).then(ScriptedDataplane.Ending.EXCEPTION);
        publish(service("a", 1));
        assertEquals("apply [a]", dataplane.next());
        assertEquals("dirty, queued", observed());
        assertTrue(loop.overdueNanos() > 0);
        assertEquals("restart", dataplane.next());
        assertEquals("apply [a]", dataplane.next());
        assertEquals("failed", observed());
        assertEquals("restart", dataplane.next());
        assertEquals("apply [a]", dataplane.next());
        assertEquals("clean, queued", observed());
        awaitNotOverdue();
    }

    @Test
    void comparisonThatFailsIsOverdueToo() throws InterruptedException {
        begin();
        awaitNotOverdue();
        dataplane.then(ScriptedDataplane.Ending.DIRTY);
        loop.onForeignChange();
        assertEquals("restart", dataplane.next());
        assertEquals("dirty", observed());
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (loop.overdueNanos() == 0 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertTrue(loop.overdueNanos() > 0);
    }

    @Test
    void changeAfterAnExceptionTellsTheDataPlaneEverything() throws InterruptedException {
        begin();
        publish(service("a", 1));
        assertEquals("apply [a]", dataplane.next());
        assertEquals("clean, queued", observed());
        dataplane.then(ScriptedDataplane.Ending.EXCEPTION);
        publish(service("b", 2));
        assertEquals("apply [b]", dataplane.next());
        assertEquals("failed", observed());
        publish(service("c", 3));
        assertEquals("restart", dataplane.next());
        assertEquals("apply [a, b, c]", dataplane.next());
    }

    @Test
    void foreignChangeComparesEverything() throws InterruptedException {
        begin();
        publish(service("a", 1));
        assertEquals("apply [a]", dataplane.next());
        loop.onForeignChange();
        assertEquals("restart", dataplane.next());
        assertEquals("apply [a]", dataplane.next());
    }
}
