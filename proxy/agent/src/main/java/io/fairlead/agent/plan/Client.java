package io.fairlead.agent.plan;

/**
 * The kinds of client that policy tells apart; a {@link ClientRule} for the first one that fits is applied.
 *
 * <p>Immutable.
 */
public enum Client {
    /** A pod, by the detector that the operator chose ({@link LocalPods}). */
    LOCAL_POD("a local pod"),
    /** The node itself: the source is one of its addresses, loopback included. */
    NODE("the node itself"),
    /** Everybody. */
    ANYONE("any client");

    private final String text;

    Client(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
