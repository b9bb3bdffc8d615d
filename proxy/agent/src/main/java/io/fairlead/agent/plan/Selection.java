package io.fairlead.agent.plan;

/**
 * How backends were chosen from the endpoints.
 *
 * <p>Immutable.
 */
public enum Selection {
    READY("ready endpoints"),
    SAME_NODE("ready endpoints hinted to this node"),
    SAME_ZONE("ready endpoints hinted to this zone"),
    TERMINATING("none is ready: endpoints that still serve while they terminate"),
    NONE("no usable endpoint");

    private final String text;

    Selection(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
