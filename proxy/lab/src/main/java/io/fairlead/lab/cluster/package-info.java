/**
 * A lab with a cluster on it: manifests in a folder, a real node agent for each node, pods that serve, an ingress.
 *
 * <p>Reads the programs' local sockets; writes manifests and starts and kills programs; never speaks to the kernel about
 * Services itself.
 */
@NullMarked
package io.fairlead.lab.cluster;

import org.jspecify.annotations.NullMarked;
