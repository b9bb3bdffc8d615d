package io.fairlead.agent.plan;

import java.util.List;

/**
 * The two lists that traffic policies choose from.
 *
 * <p>Immutable.
 *
 * @param cluster sorted; usable anywhere, after hints
 * @param local sorted; usable on this node, hints play no part
 * @param selection how {@code cluster} was chosen
 */
public record SelectedEndpoints(List<Backend> cluster, List<Backend> local, Selection selection) {

    /** Whether something usable exists anywhere; then {@code cluster} is not empty. */
    public boolean any() {
        return !cluster.isEmpty();
    }
}
