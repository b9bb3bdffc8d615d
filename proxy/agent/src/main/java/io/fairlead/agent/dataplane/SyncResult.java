package io.fairlead.agent.dataplane;

import io.fairlead.agent.plan.FrontendKey;
import io.fairlead.cluster.model.IpFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an apply did.
 *
 * <p>Immutable.
 *
 * @param transactions sent to the kernel, refused ones included
 * @param elements map and set elements, or chains, added, replaced or deleted
 * @param failures what the kernel refused
 */
public record SyncResult(int transactions, int elements, List<Failure> failures) {

    public SyncResult {
        failures = List.copyOf(failures);
    }

    /**
     * A piece that the kernel refused.
     *
     * @param family the family whose rules it belongs to
     * @param frontend the frontend that it belongs to; without one it is a part of the base that all Services use
     */
    public record Failure(IpFamily family, Optional<FrontendKey> frontend, String reason) {}

    /** The results of several parts as one. */
    public static SyncResult sum(List<SyncResult> parts) {
        int transactions = 0;
        int elements = 0;
        List<Failure> failures = new ArrayList<>();
        for (SyncResult part : parts) {
            transactions += part.transactions;
            elements += part.elements;
            failures.addAll(part.failures);
        }
        return new SyncResult(transactions, elements, failures);
    }

    /** Whether something is left to be done by a retry. */
    public boolean dirty() {
        return !failures.isEmpty();
    }
}
