/**
 * The metrics of the agent.
 *
 * <p>Reads what a step did; writes counters; never decides anything.
 */
@NullMarked
package io.fairlead.agent.metrics;

import org.jspecify.annotations.NullMarked;
