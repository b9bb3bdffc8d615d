package io.fairlead.agent.relay;

import io.fairlead.agent.plan.ServicePortName;

/**
 * Told what the relay does, for metrics.
 *
 * <p>Confined to the relay's thread.
 */
public interface RelayObserver {

    /** @param listeners NodePorts that are served on [::1] at the moment */
    void listening(int listeners);

    /** A NodePort cannot be served, most often because another program has the port; told once for each Service port. */
    void bindFailed(ServicePortName port);

    /** A connection was closed at once because there are too many. */
    void turnedAway(ServicePortName port);
}
