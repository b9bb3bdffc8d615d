/**
 * A lab with a cluster on it: manifests in a folder, a real node agent for each node, pods that serve.
 *
 * <p>Reads the agents' local sockets; writes manifests and starts and kills agents; never speaks to the kernel about
 * Services itself.
 */
@NullMarked
package io.fairlead.lab.cluster;

import org.jspecify.annotations.NullMarked;
