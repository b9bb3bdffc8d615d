/**
 * The health check node ports: on each the agent tells load balancers whether this node has endpoints of a Service.
 *
 * <p>Reads changes of the plan once the kernel has them; writes answers to HTTP requests; never decides what counts.
 */
@NullMarked
package io.fairlead.agent.healthcheck;

import org.jspecify.annotations.NullMarked;
