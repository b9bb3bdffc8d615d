/**
 * Scenarios with real packets: the agent in a network namespace of this machine, clients and endpoints in others.
 *
 * <p>Reads and writes only namespaces that it makes itself, which have no names and end with the process; never touches
 * the network of the machine.
 */
@NullMarked
package io.fairlead.test.netns;

import org.jspecify.annotations.NullMarked;
