package io.fairlead.test.scenario;

import io.fairlead.agent.plan.Flow;
import java.util.SortedSet;

/**
 * A row of a table of flows.
 *
 * <p>Immutable.
 *
 * @param where file and line
 * @param outcomes what may happen, all equally likely: {@code 10.180.0.1:80 masqueraded}, {@code 10.180.0.1:80 source
 *     kept}, {@code reject}, {@code drop} or {@code pass}
 */
public record FlowRow(String where, Client client, Flow flow, SortedSet<String> outcomes, Stickiness stickiness) {

    public static final String REJECT = "reject";
    public static final String DROP = "drop";
    public static final String PASS = "pass";
    public static final String MASQUERADED = " masqueraded";
    public static final String SOURCE_KEPT = " source kept";

    /** What ClientIP affinity does to the flow. */
    public enum Stickiness {
        /** The client has no record. */
        NONE,
        /** The client has no record; it gets one and keeps to it. */
        STICKY,
        /** The client has a record: of the outcomes it gets the one with the backend that a sticky row gave it. */
        SAME
    }

    /** The address of a forwarding outcome, {@code 10.180.0.1:80}. */
    public static String backend(String outcome) {
        int end = outcome.indexOf(' ');
        return end < 0 ? outcome : outcome.substring(0, end);
    }

    @Override
    public String toString() {
        return where + ": " + client + " " + flow;
    }
}
