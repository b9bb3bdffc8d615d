/**
 * Real traffic between hosts of a lab: servers in pods that say who they are and whom they saw, single probes, and a
 * load of a steady rate.
 *
 * <p>Reads and writes sockets inside the namespaces of a lab; never one of the caller's own namespace.
 */
@NullMarked
package io.fairlead.lab.traffic;

import org.jspecify.annotations.NullMarked;
