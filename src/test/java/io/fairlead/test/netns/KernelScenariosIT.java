package io.fairlead.test.netns;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Every scenario on the real kernel, on all data planes that it has.
 *
 * <p>Thread-safe: each thread that plays has a topology for itself.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KernelScenariosIT {

    private final BlockingQueue<Topology> topologies =
            new LinkedBlockingQueue<>(List.of(new Topology(), new Topology()));

    @AfterAll
    void remove() {
        topologies.forEach(Topology::close);
    }

    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    List<DynamicTest> scenarios() {
        return KernelCase.of(KernelPlane.here()).stream()
                .map(play -> DynamicTest.dynamicTest(play.toString(), () -> play(play)))
                .toList();
    }

    private void play(KernelCase play) throws InterruptedException {
        Topology topology = topologies.take();
        try {
            play.play(topology);
        } finally {
            topologies.add(topology);
        }
    }
}
