/**
 * The commands of {@code fairlead} beside the agent itself: those that ask it, and those that do without it.
 *
 * <p>Reads the agent's local socket, manifests, and for reports the API server and the kernel; writes to the standard
 * streams, and the file of a bug report; never changes the kernel.
 */
@NullMarked
package io.fairlead.agent.command;

import org.jspecify.annotations.NullMarked;
