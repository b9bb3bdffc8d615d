package io.fairlead.test.netns;

import io.fairlead.test.scenario.Engine;
import io.fairlead.test.scenario.Permutation;
import io.fairlead.test.scenario.Scenario;
import io.fairlead.test.scenario.ScenarioFiles;
import io.fairlead.test.scenario.ScenarioRun;
import io.fairlead.test.scenario.Step;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Every scenario on the real kernel. Those that need time to pass, or say so, are for the fake one only.
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
        return ScenarioFiles.read().stream()
                .filter(KernelScenariosIT::isForTheKernel)
                .map(scenario -> DynamicTest.dynamicTest(scenario.name(), () -> play(scenario)))
                .toList();
    }

    private static boolean isForTheKernel(Scenario scenario) {
        return scenario.fakesOnly().isEmpty()
                && scenario.steps().stream().noneMatch(step -> step instanceof Step.Advance);
    }

    private void play(Scenario scenario) {
        try (Engine engine = new KernelEngine(topology, scenario.policy());
                ScenarioRun run = new ScenarioRun(scenario, engine, Permutation.AS_WRITTEN, 1)) {
            run.play();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(scenario.name() + " (" + scenario.sentence() + "): " + e.getMessage(), e);
        }
    }
}
