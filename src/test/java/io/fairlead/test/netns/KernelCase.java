package io.fairlead.test.netns;

import io.fairlead.test.scenario.Engine;
import io.fairlead.test.scenario.Permutation;
import io.fairlead.test.scenario.Scenario;
import io.fairlead.test.scenario.ScenarioFiles;
import io.fairlead.test.scenario.ScenarioRun;
import io.fairlead.test.scenario.Step;
import java.util.ArrayList;
import java.util.List;

/**
 * A scenario, the data plane that it is played on, and the way it takes.
 *
 * <p>Immutable.
 */
record KernelCase(KernelPlane plane, Scenario scenario, Permutation permutation) {

    /**
     * All for these planes: every scenario as written and, where its steps may be permuted, with another agent after
     * each. Scenarios that need time to pass, or say so, are for the fake kernel only.
     */
    static List<KernelCase> of(List<KernelPlane> planes) {
        List<KernelCase> cases = new ArrayList<>();
        for (Scenario scenario : ScenarioFiles.read()) {
            if (isForTheKernel(scenario)) {
                for (KernelPlane plane : planes) {
                    cases.add(new KernelCase(plane, scenario, Permutation.AS_WRITTEN));
                    // Both flavours read back the same text.
                    if (scenario.asWrittenOnly().isEmpty() && plane != KernelPlane.IPTABLES_LEGACY) {
                        cases.add(new KernelCase(plane, scenario, Permutation.RESTARTED));
                    }
                }
            }
        }
        return cases;
    }

    private static boolean isForTheKernel(Scenario scenario) {
        return scenario.fakesOnly().isEmpty()
                && scenario.steps().stream().noneMatch(step -> step instanceof Step.Advance);
    }

    /** Whether a flow of SCTP is in it. */
    boolean hasSctp() {
        return scenario.sections().values().stream()
                .flatMap(section -> section.lines().stream())
                .anyMatch(line -> line.contains("/sctp"));
    }

    void play(Topology topology) {
        try (Engine engine = new KernelEngine(plane, topology, scenario.policy());
                ScenarioRun run = new ScenarioRun(scenario, engine, permutation, 1)) {
            run.play();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(this + " (" + scenario.sentence() + "): " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return scenario + ", " + plane + ", " + permutation;
    }
}
