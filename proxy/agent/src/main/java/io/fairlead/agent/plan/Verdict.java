package io.fairlead.agent.plan;

/**
 * What happens to a new flow.
 *
 * <p>Immutable.
 */
public enum Verdict {
    /** It is sent to a backend. */
    FORWARD,
    /** It is answered with ICMP port unreachable. */
    REJECT,
    /** It is dropped without an answer, so that a load balancer's health check can steer away. */
    DROP
}
