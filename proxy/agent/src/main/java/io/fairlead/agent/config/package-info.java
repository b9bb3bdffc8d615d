/**
 * kube-proxy's own interface: its flags, and its configuration file as a second source of the same values.
 *
 * <p>Reads the file that {@code --config} names; writes nothing, since callers write and log what it returns; never knows
 * a type of the agent that runs by it.
 */
@NullMarked
package io.fairlead.agent.config;

import org.jspecify.annotations.NullMarked;
