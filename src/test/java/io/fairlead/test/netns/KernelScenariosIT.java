package io.fairlead.test.netns;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Every scenario on the real kernel, on all data planes that it has.
 *
 * <p>Confined to the test thread.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KernelScenariosIT {

    private Topology topology;

    @BeforeAll
    void build() {
        topology = new Topology();
    }

    @AfterAll
    void remove() {
        topology.close();
    }

    @TestFactory
    List<DynamicTest> scenarios() {
        return KernelCase.of(KernelPlane.here()).stream()
                .map(play -> DynamicTest.dynamicTest(play.toString(), () -> play.play(topology)))
                .toList();
    }
}
