package io.fairlead.agent.healthcheck;

import io.fairlead.cluster.model.ObjectName;

/**
 * Told what the health check ports do, for metrics.
 *
 * <p>Confined to the health check thread.
 */
public interface HealthCheckObserver {

    /** @param services whose port is answered at the moment */
    void answering(int services);

    /**
     * A port cannot be listened on, most often because another program has it; told once for each Service and port.
     *
     * @param reason what was attempted, and the error
     */
    void portTaken(ObjectName service, String reason);
}
