package io.fairlead.test.scenario;

import io.fairlead.agent.plan.Backend;
import io.fairlead.agent.plan.Explanation.Outcome;
import io.fairlead.agent.plan.Flow;
import io.fairlead.agent.plan.PlanWalk;
import io.fairlead.cluster.model.IpAddress;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What the plan says about a flow, in the words of {@link FlowRow}.
 *
 * <p>Thread-safe: a pure function.
 */
public final class PlanAnswer {

    private PlanAnswer() {}

    public static SortedSet<String> outcomes(PlanWalk walk, Predicate<IpAddress> ofThisNode, Flow flow) {
        return switch (walk.explain(flow).outcome()) {
            case Outcome.Forward forward -> {
                SortedSet<String> outcomes = new TreeSet<>();
                for (Backend backend : forward.backends()) {
                    // What the node delivers to itself passes no postrouting hook, so that nobody masquerades it.
                    boolean leaves = flow.fromNode() || !ofThisNode.test(backend.address());
                    boolean masquerade = leaves
                            && (forward.masquerade() || forward.hairpins().contains(backend));
                    outcomes.add(backend + (masquerade ? FlowRow.MASQUERADED : FlowRow.SOURCE_KEPT));
                }
                yield outcomes;
            }
            case Outcome.Reject() -> new TreeSet<>(Set.of(FlowRow.REJECT));
            case Outcome.Drop() -> new TreeSet<>(Set.of(FlowRow.DROP));
            case Outcome.Pass() -> new TreeSet<>(Set.of(FlowRow.PASS));
        };
    }
}
