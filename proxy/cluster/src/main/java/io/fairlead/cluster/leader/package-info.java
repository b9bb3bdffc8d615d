/**
 * Which one of several processes leads, by a Lease ({@code coordination.k8s.io/v1}) as Kubernetes' own clients do it.
 *
 * <p>Reads and writes one Lease; never lets two processes believe at one moment that they lead, and never compares clocks
 * of two machines.
 */
@NullMarked
package io.fairlead.cluster.leader;

import org.jspecify.annotations.NullMarked;
