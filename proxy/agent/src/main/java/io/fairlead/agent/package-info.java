/**
 * The node agent: wiring, and the loop that turns changes of the cluster into changes of the kernel.
 *
 * <p>Reads cluster snapshots and the addresses of the node; writes the kernel through a data plane; never decides
 * policy, which is in {@code plan}.
 */
@NullMarked
package io.fairlead.agent;

import org.jspecify.annotations.NullMarked;
