package io.fairlead.agent.plan;

import java.util.List;
import java.util.Optional;

/**
 * What the plan says about a flow, and why.
 *
 * <p>Immutable.
 *
 * @param frontend the frontend that it reaches; none if it is not Service traffic
 * @param outcome what happens to it
 * @param reasons the decisions in the order in which they were taken
 */
public record Explanation(Optional<Frontend> frontend, Outcome outcome, List<String> reasons) {

    public Explanation {
        reasons = List.copyOf(reasons);
    }

    /** What happens to a flow. */
    public sealed interface Outcome {

        /**
         * It goes to one of these, all equally likely (or to the one in the client's affinity record).
         *
         * @param masquerade whether the source becomes this node; a backend in {@code hairpins} always is
         * @param hairpins those of the backends that would reach themselves
         */
        record Forward(List<Backend> backends, boolean masquerade, List<Backend> hairpins) implements Outcome {}

        /** It is refused. */
        record Reject() implements Outcome {}

        /** It is dropped. */
        record Drop() implements Outcome {}

        /** It is no business of Services: it goes where routing says. */
        record Pass() implements Outcome {}
    }
}
