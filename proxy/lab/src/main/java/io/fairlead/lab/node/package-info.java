/**
 * A node of a real cluster: containerd, a kubelet and CNI in namespaces of their own on this machine.
 *
 * <p>Reads programs that the launcher built and the host's file system; writes the node's folder, its control groups and
 * its network namespace; never changes anything else of the host.
 */
@NullMarked
package io.fairlead.lab.node;

import org.jspecify.annotations.NullMarked;
