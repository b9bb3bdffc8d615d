package io.fairlead.test.scenario;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every scenario on every data plane with a fake kernel, in every permutation.
 *
 * <p>Confined to the test thread.
 */
final class FakeScenariosTest {

    @TestFactory
    List<DynamicNode> scenarios() {
        List<DynamicNode> nodes = new ArrayList<>();
        for (Scenario scenario : ScenarioFiles.read()) {
            List<DynamicTest> ways = new ArrayList<>();
            for (Permutation permutation : Permutation.values()) {
                if (permutation == Permutation.AS_WRITTEN
                        || scenario.asWrittenOnly().isEmpty()) {
                    for (PlaneKind plane : PlaneKind.values()) {
                        ways.add(DynamicTest.dynamicTest(
                                scenario + ", " + plane + ", " + permutation,
                                () -> play(plane, scenario, permutation)));
                    }
                }
            }
            nodes.add(DynamicContainer.dynamicContainer(scenario.name(), ways));
        }
        return nodes;
    }

    private static void play(PlaneKind plane, Scenario scenario, Permutation permutation) {
        long seed = scenario.name().hashCode() * 31L + permutation.ordinal() + 1;
        try (Engine engine = new FakeEngine(plane, scenario.policy(), seed);
                ScenarioRun run = new ScenarioRun(scenario, engine, permutation, seed)) {
            run.play();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    scenario.name() + " (" + scenario.sentence() + "), " + plane + ", " + permutation + ", seed " + seed
                            + ": " + e.getMessage(),
                    e);
        }
    }
}
