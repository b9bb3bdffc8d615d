package io.fairlead.test.netns;

import io.fairlead.test.scenario.Engine;
import io.fairlead.test.scenario.Permutation;
import io.fairlead.test.scenario.Scenario;
import io.fairlead.test.scenario.ScenarioFiles;
import io.fairlead.test.scenario.ScenarioRun;
import io.fairlead.test.scenario.Step;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Every scenario on the real kernel, as written and with another agent after each step. Those that need time to pass, or say so, are for the fake one only.
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
        List<DynamicTest> tests = new ArrayList<>();
        for (Scenario scenario : ScenarioFiles.read()) {
            if (isForTheKernel(scenario)) {
                for (KernelPlane plane : KernelPlane.values()) {
                    tests.add(test(plane, scenario, Permutation.AS_WRITTEN));
                    // Both flavours read back the same text.
                    if (scenario.asWrittenOnly().isEmpty() && plane != KernelPlane.IPTABLES_LEGACY) {
                        tests.add(test(plane, scenario, Permutation.RESTARTED));
                    }
                }
            }
        }
        return tests;
    }

    private DynamicTest test(KernelPlane plane, Scenario scenario, Permutation permutation) {
        return DynamicTest.dynamicTest(
                scenario + ", " + plane + ", " + permutation, () -> play(plane, scenario, permutation));
    }

    private static boolean isForTheKernel(Scenario scenario) {
        return scenario.fakesOnly().isEmpty()
                && scenario.steps().stream().noneMatch(step -> step instanceof Step.Advance);
    }

    private void play(KernelPlane plane, Scenario scenario, Permutation permutation) {
        try (Engine engine = new KernelEngine(plane, topology, scenario.policy());
                ScenarioRun run = new ScenarioRun(scenario, engine, permutation, 1)) {
            run.play();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    scenario + " (" + scenario.sentence() + "), " + plane + ", " + permutation + ": " + e.getMessage(),
                    e);
        }
    }
}
